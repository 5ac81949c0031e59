/**
 * GGUF, the files of llama.cpp: decoders of Llama's family with their tokenizer in one file, often of few bits.
 *
 * <pre>{@code
 * try (var model = TextGenerator.open(Path.of("smollm2-q4_k_m.gguf"))) {
 *     IO.println(model.generate("The volcano", model.settings().maxTokens(40)));
 * }
 * }</pre>
 */
package dev.merapi.text.gguf;
