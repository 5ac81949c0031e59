/**
 * BERT, RoBERTa and DistilBERT: encoders that read a text from both sides, and what is built on them.
 *
 * <pre>{@code
 * var model = SequenceClassifier.fineTune(Path.of("bert-base-uncased"), List.of("negative", "positive"));
 * Trainer.of(new SequenceClassification(model))
 *         .optimizer(m -> new AdamW(ParamGroup.decayMatrices(m), 3e-5)).epochs(3)
 *         .fit(Loader.of(train, 16, LabeledTokens.perSequence(0)).shuffle(1337));
 * model.save(Path.of("reviews"));
 * }</pre>
 */
package dev.merapi.text.model.bert;
