/**
 * Small networks that put texts into classes, trained from nothing.
 *
 * <pre>{@code
 * var net = new TransformerClassifier(words.vocabSize(), 200, 2);
 * Trainer.of(new TextClassification(net)).optimizer(m -> new Adam(m, 1e-3)).epochs(2).fit(train, test);
 * }</pre>
 */
package dev.merapi.text.model.classify;
