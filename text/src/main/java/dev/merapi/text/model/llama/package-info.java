/**
 * Llama and its relatives: Mistral, Qwen2, Qwen3, Gemma 1 to 3, SmolLM.
 *
 * <pre>{@code
 * var model = Llama.load(Path.of("Qwen3-0.6B"));
 * Tensor logits = model.forward(ids);                         // (B, T, V)
 * }</pre>
 */
package dev.merapi.text.model.llama;
