/**
 * GPT-2.
 *
 * <pre>{@code
 * var gpt = Gpt2.load(Path.of("gpt2"));
 * Tensor logits = gpt.forward(ids);                           // (B, T, V)
 * }</pre>
 */
package dev.merapi.text.model.gpt;
