/**
 * Models for other programs to run.
 *
 * <pre>{@code
 * try (var job = Runs.open(Path.of("runs/fashion"))) {
 *     Onnx.write(job.signature(), Path.of("fashion.onnx"));
 * }
 * }</pre>
 */
package dev.merapi.compress.export;
