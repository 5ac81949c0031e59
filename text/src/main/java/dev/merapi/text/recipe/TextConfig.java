package dev.merapi.text.recipe;

import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Expect;
import dev.merapi.text.model.classify.RnnClassifier;
import dev.merapi.text.model.classify.TextNet;
import dev.merapi.text.model.classify.TransformerClassifier;

/** Settings of small classifiers of texts. Training is by Adam. */
public record TextConfig(
        @Describe("where the texts are; only imdb may leave it empty") String data,
        @Describe("part of the folder, or table, to measure with; empty: test, a fifth of a table") String test,
        @Describe("name of a table's column with the texts") String text,
        @Describe("name of its column with the classes") String label,
        @Describe("the network") Network model,
        @Describe("most words that are known") int vocabSize,
        @Describe("most words of a text") int maxLength,
        @Describe("which words stay of a text that is longer") Keep keep,
        @Describe("passes over the training texts") int epochs,
        @Describe("texts in a step") int batchSize,
        @Describe("of each step") double learningRate,
        @Describe("of the first weights, the order and dropout") long seed) {
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

    Column textColumn() { return new Column("text", text); }

    Column labelColumn() { return new Column("label", label); }

    public TextConfig {
        Expect.atLeast("vocab_size", 3, vocabSize);
        Expect.atLeast("max_length", 1, maxLength);
        Expect.atLeast("epochs", 1, epochs);
        Expect.atLeast("batch_size", 1, batchSize);
        Expect.positive("learning_rate", learningRate);
    }
}
