/**
 * Smaller and faster models: pruning, quantisation, distillation, adapters, export. Models are wrapped or changed from
 * outside; no layer knows of it.
 *
 * <pre>{@code
 * try (var before = Workpiece.open(folder, List.of()); var after = Workpiece.open(folder, List.of())) {
 *     Quantization.dynamic(after.model(), _ -> true);
 *     after.save(smaller);
 *     IO.println(BeforeAfter.measure(before.subject("before", folder), after.subject("after", smaller)));
 * }
 * }</pre>
 */
package dev.merapi.compress;
