/**
 * T5: every task is text to text.
 *
 * <pre>{@code
 * var t5 = T5.load(Path.of("flan-t5-small"));       // a folder as Hugging Face has it
 * var tokenizer = Tokenizer.open(Path.of("flan-t5-small"));
 * new Generator(t5, tokenizer, t5.eos()).generate("translate English to German: A dog runs.", Generation.DEFAULT);
 * }</pre>
 */
package dev.merapi.text.model.t5;
