/**
 * Text to token ids and back.
 *
 * <pre>{@code
 * try (var tokenizer = Tokenizer.open(Path.of("gpt2"))) {
 *     long[] ids = tokenizer.encode("Hello, world!");              // 15496, 11, 995, 0
 *     IO.println(tokenizer.decode(ids));
 * }
 * }</pre>
 */
package dev.merapi.text.tokenizer;
