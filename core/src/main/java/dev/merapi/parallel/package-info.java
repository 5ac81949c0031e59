/**
 * Training by several processes, the ranks of a group, on one machine or many.
 *
 * <pre>{@code
 * try (var group = ProcessGroup.join(Rendezvous.ofEnvironment()); var parallel = DataParallel.of(group)) {
 *     trainer.strategy(parallel).fit(train, test);         // the same program on every rank
 * }
 * }</pre>
 */
package dev.merapi.parallel;
