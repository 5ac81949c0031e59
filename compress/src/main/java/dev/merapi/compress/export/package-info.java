/**
 * Models for other programs to run.
 *
 * <pre>{@code
 * try (var job = Runs.open(Path.of("runs/fashion"))) {
 *     Onnx.write(OnnxModels.of(job), Path.of("fashion.onnx"));
 * }
 * }</pre>
 */
package dev.merapi.compress.export;
