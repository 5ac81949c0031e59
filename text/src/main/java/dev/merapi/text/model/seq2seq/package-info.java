/**
 * The Transformer with encoder and decoder, for translation and summaries.
 *
 * <pre>{@code
 * var model = new Seq2SeqTransformer(Seq2SeqConfig.small(tokenizer.vocabSize()));
 * Trainer.of(new SequenceToSequence(model, 0.1)).optimizer(m -> new Adam(m, 1e-3)).fit(train, test);
 * new Generator(model, tokenizer, model.config().eos()).generate("Ein Hund läuft.", Generation.DEFAULT.beams(4));
 * }</pre>
 */
package dev.merapi.text.model.seq2seq;
