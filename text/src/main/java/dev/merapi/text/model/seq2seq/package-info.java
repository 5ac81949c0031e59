/**
 * The Transformer with encoder and decoder, for translation and summaries.
 *
 * <pre>{@code
 * var config = Seq2SeqConfig.small(tokenizer.vocabSize(), tokenizer.id("<s>"), tokenizer.id("</s>"));
 * var model = new Seq2SeqTransformer(config);
 * Trainer.of(new SequenceToSequence(model, 0.1)).optimizer(m -> new Adam(m, 1e-3)).fit(train, test);
 * new Generator(model, tokenizer, config.eos()).generate("Ein Hund läuft.", Generation.DEFAULT.beams(4));
 * }</pre>
 */
package dev.merapi.text.model.seq2seq;
