package dev.merapi.text.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import java.nio.file.Path;

/** Pretrains a model of BERT's family on a text, or goes on pretraining one. */
public final class FillMaskRecipe implements Recipe<FillMaskRecipe.Config> {
    /**
     * @param data file with the text, or folder of .txt files; empty for Jane Austen's novels
     * @param test text to measure with; empty for the tenth at the end of the data
     * @param pretrained folder of the model to go on with, and of its tokenizer; empty for a new BERT
     * @param vocabSize most tokens of a new WordPiece tokenizer
     * @param width of all vectors of a new model
     * @param layers of a new model
     * @param heads of attention of a new model
     * @param dropout everywhere in a new model
     * @param maxLength tokens of the windows that the text is cut into, [CLS] and [SEP] among them
     * @param epochs passes over the text
     * @param batchSize windows in a step
     * @param learningRate at the top, after a tenth of all steps; it falls in a line to 0. 0 for 1e-3 where the model
     *     is new, and 5e-5 where it is pretrained
     * @param weightDecay of matrices, as a part of the learning rate
     * @param recompute whether activations are computed again instead of kept: slower, with a fraction of the memory
     * @param seed of new weights, the order, the masks and dropout
     */
    public record Config(String data, String test, String pretrained, int vocabSize, int width, int layers, int heads,
            double dropout, int maxLength, int epochs, int batchSize, double learningRate, double weightDecay,
            boolean recompute, long seed) {
        public Config {
            Settings.atLeast("vocab_size", 6, vocabSize);
            Settings.atLeast("layers", 1, layers);
            Settings.atLeast("heads", 1, heads);
            Settings.atLeast("width", heads, width);
            Settings.probability("dropout", dropout);
            Settings.atLeast("max_length", 3, maxLength);
            Settings.atLeast("epochs", 1, epochs);
            Settings.atLeast("batch_size", 1, batchSize);
            if (learningRate != 0) Settings.positive("learning_rate", learningRate);
            Settings.atLeastZero("weight_decay", weightDecay);
        }
    }

    @Override public String name() { return "fill-mask"; }

    @Override public String description() {
        return "Pretrains a small BERT on Jane Austen's novels, or on data=<text>; pretrained=<folder> to go on with"
                + " one";
    }

    @Override public Config defaults() {
        return new Config("", "", "", 4096, 128, 2, 2, 0, 64, 20, 32, 0, 0.01, false, 1337);
    }

    @Override public Job<?> job(Config config) { return FillMaskJob.of(config); }

    @Override public Job<?> job(Config config, Path run) { return FillMaskJob.of(config, run); }
}
