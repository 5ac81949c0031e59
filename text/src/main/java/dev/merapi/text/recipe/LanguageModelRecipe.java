package dev.merapi.text.recipe;

import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;

/** Trains a GPT on a text. */
public final class LanguageModelRecipe implements Recipe<LanguageModelRecipe.Config> {
    /** What a token is. */
    public enum Tokens {
        /** A character. */
        CHAR,
        /** A part of a word, by a byte-level BPE that is trained on the text. */
        BPE
    }

    /** The settings, each described beside it. */
    public record Config(
            @Describe("file with the text, or folder of .txt files; empty for Jane Austen's novels") String data,
            @Describe("text to measure with; empty for the tenth at the end of the data") String test,
            @Describe("what a token is") Tokens tokens,
            @Describe("most tokens of a BPE") int vocabSize,
            @Describe("tokens that the model sees") int maxLength,
            @Describe("of the model") int layers,
            @Describe("of attention") int heads,
            @Describe("of all vectors") int width,
            @Describe("everywhere") double dropout,
            @Describe("how often the model is measured") int epochs,
            @Describe("steps before each time") int stepsPerEpoch,
            @Describe("windows of the text in a step") int batchSize,
            @Describe("at the top, after 100 steps; it falls along a cosine to a tenth") double learningRate,
            @Describe("of matrices, as a part of the learning rate") double weightDecay,
            @Describe("of the first weights, the windows and dropout") long seed) {
        public Config {
            Expect.atLeast("vocab_size", 257, vocabSize);
            Expect.atLeast("max_length", 2, maxLength);
            Expect.atLeast("layers", 1, layers);
            Expect.atLeast("heads", 1, heads);
            Expect.atLeast("width", heads, width);
            Expect.fraction("dropout", dropout);
            Expect.atLeast("epochs", 1, epochs);
            Expect.atLeast("steps_per_epoch", 1, stepsPerEpoch);
            Expect.atLeast("batch_size", 1, batchSize);
            Expect.positive("learning_rate", learningRate);
            Expect.atLeast("weight_decay", 0, weightDecay);
        }
    }

    @Override public String name() { return "language-modelling"; }

    @Override public String description() {
        return "A small GPT on Jane Austen's novels, or on data=<text>; in nanoGPT's sizes for a CPU";
    }

    @Override public Config defaults() {
        return new Config("", "", Tokens.CHAR, 4096, 64, 4, 4, 128, 0, 10, 200, 12, 1e-3, 0.1, 1337);
    }

    @Override public Job<?> job(Config config) { return LanguageModelJob.of(config); }

    @Override public Job<?> job(Config config, Path run) { return LanguageModelJob.of(config, run); }
}
