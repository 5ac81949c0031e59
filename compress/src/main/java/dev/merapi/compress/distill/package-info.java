/**
 * Small models that learn from large ones.
 *
 * <pre>{@code
 * job.trainer().task(Distillation.of(job.trainer().task(), teacher, DistillOptions.DEFAULT));
 * job.fit(Path.of("runs/student"));
 * }</pre>
 */
package dev.merapi.compress.distill;
