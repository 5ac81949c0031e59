package dev.merapi.text.recipe;

import dev.merapi.text.model.classify.RnnClassifier;
import dev.merapi.text.model.classify.TextNet;
import dev.merapi.text.model.classify.TransformerClassifier;

/**
 * Settings of small classifiers of texts. Training is by Adam.
 *
 * @param data where the texts are; empty for the recipe's own place
 * @param test what to measure with: a part of the folder, or a table; empty for {@code test}, or for a fifth of a table
 *     that is held out
 * @param text name of a table's column with the texts
 * @param label name of its column with the classes
 * @param model the network
 * @param vocabSize most words that are known
 * @param maxLength most words of a text
 * @param keep which words stay of a text that is longer
 * @param epochs passes over the training texts
 * @param batchSize texts in a step
 * @param learningRate of each step
 * @param seed of the first weights, the order and dropout
 */
public record TextConfig(String data, String test, String text, String label, Network model, int vocabSize,
        int maxLength, Keep keep, int epochs, int batchSize, double learningRate, long seed) {
    /** The networks that a recipe can train. */
    public enum Network {
        TRANSFORMER, BILSTM, LSTM, BIGRU;

        TextNet build(int vocabSize, int maxLength, int classes) {
            return switch (this) {
                case TRANSFORMER -> new TransformerClassifier(vocabSize, maxLength, classes);
                case BILSTM -> new RnnClassifier(vocabSize, classes, RnnClassifier.Config.BILSTM);
                case LSTM -> new RnnClassifier(vocabSize, classes, RnnClassifier.Config.LSTM);
                case BIGRU -> new RnnClassifier(vocabSize, classes, RnnClassifier.Config.BIGRU);
            };
        }
    }

    /** An end of a text. */
    public enum Keep { FIRST, LAST }

    public TextConfig {
        Settings.atLeast("vocab_size", 3, vocabSize);
        Settings.atLeast("max_length", 1, maxLength);
        Settings.atLeast("epochs", 1, epochs);
        Settings.atLeast("batch_size", 1, batchSize);
        Settings.positive("learning_rate", learningRate);
    }
}
