/**
 * Files: safetensors, checkpoints of PyTorch, model folders, TensorBoard's events, downloads, and writing so that
 * nothing already saved is lost.
 *
 * <pre>{@code
 * Safetensors.save(model, Path.of("model.safetensors"));
 * Safetensors.load(model, Path.of("model.safetensors"));
 * Tensor w = SafetensorsFile.open(path).tensor("encoder.weight");
 * Weights.open(Path.of("bert-base")).under("bert.").loadInto(encoder);
 * }</pre>
 */
package dev.merapi.io;
