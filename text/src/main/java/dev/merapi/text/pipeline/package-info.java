/**
 * Trained models with their tokenizers, from text to answer. Each opens a folder in Hugging Face's layout.
 *
 * <pre>{@code
 * try (var filler = FillMask.open(Path.of("bert-base-uncased"))) {
 *     IO.println(filler.fill("The capital of France is [MASK].", 3));   // [paris 41.7 %, lille 7.1 %, lyon 6.3 %]
 * }
 * }</pre>
 */
package dev.merapi.text.pipeline;
