/**
 * Trained models behind HTTP, for programs and people.
 *
 * <pre>{@code
 * try (var server = InferenceServer.start(ServeConfig.DEFAULT, List.of(Path.of("runs/fashion")), Device.CPU)) {
 *     IO.println("http://127.0.0.1:" + server.port());
 * }
 * }</pre>
 *
 * Requests are read and answered on virtual threads; tensors are computed on a platform thread of each model, for many
 * requests together.
 */
package dev.merapi.serve;
