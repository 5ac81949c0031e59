package dev.merapi.text.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import java.nio.file.Path;

/** Trains a sentence encoder on pairs of texts that mean the same. */
public final class EmbeddingRecipe implements Recipe<EmbeddingRecipe.Config> {
    /**
     * @param data table (.csv, .tsv, .jsonl), or folder with {@code train.<anchor>}, {@code train.<positive>} and the
     *     same for the test part, raw or gzipped, with a text on each line; or with a train and a test table
     * @param anchor name of the table's column, or ending of the files, with the one text of each pair
     * @param positive that with the other
     * @param test what to measure with: a part of the folder, or a table; empty for {@code val}, or for a tenth of a
     *     table that is held out
     * @param pretrained folder of the model to start from
     * @param fromScratch whether its weights are left out, to see what they are worth
     * @param maxLength most tokens of a text; what is longer loses its end
     * @param trainPairs how many of the training pairs to use, the first after a shuffle; 0 for all
     * @param testBatchSize among how many pairs the partner is sought when the model is measured
     * @param epochs passes over the training pairs
     * @param batchSize pairs in a step, each with the others for its negatives
     * @param learningRate at the top, after a tenth of all steps; it falls in a line to 0
     * @param weightDecay of matrices, as a part of the learning rate
     * @param recompute whether activations are computed again instead of kept: slower, with a fraction of the memory
     * @param seed of new weights, the order and dropout
     */
    public record Config(String data, String anchor, String positive, String test, String pretrained,
            boolean fromScratch, int maxLength, int trainPairs, int testBatchSize, int epochs, int batchSize,
            double learningRate, double weightDecay, boolean recompute, long seed) {
        public Config {
            Settings.atLeast("max_length", 3, maxLength);
            Settings.atLeast("train_pairs", 0, trainPairs);
            Settings.atLeast("test_batch_size", 2, testBatchSize);
            Settings.atLeast("epochs", 1, epochs);
            Settings.atLeast("batch_size", 2, batchSize);
            Settings.positive("learning_rate", learningRate);
            Settings.atLeastZero("weight_decay", weightDecay);
        }

        PairSource source() { return new PairSource(data, anchor, positive, test, seed); }
    }

    @Override public String name() { return "embedding"; }

    @Override public String description() {
        return "Trains a sentence encoder on pairs that mean the same: data=<table or folder> pretrained=<folder>";
    }

    @Override public Config defaults() {
        return new Config("", "anchor", "positive", "", "", false, 128, 0, 100, 1, 32, 5e-5, 0.01, false, 1337);
    }

    @Override public Job<?> job(Config config) {
        Path pretrained = Settings.existing("pretrained", config.pretrained, Settings.ENCODER);
        config.source().path();
        return EmbeddingJob.of(config, pretrained);
    }

    @Override public Job<?> job(Config config, Path run) { return EmbeddingJob.resumed(config, run); }
}
