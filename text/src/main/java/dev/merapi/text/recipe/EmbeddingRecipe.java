package dev.merapi.text.recipe;

import dev.merapi.data.Dataset;
import dev.merapi.data.Split;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.text.data.Columns;
import dev.merapi.text.data.TextPair;
import java.nio.file.Files;
import java.nio.file.Path;

/** Trains a sentence encoder on pairs of texts that mean the same. */
public final class EmbeddingRecipe implements Recipe<EmbeddingRecipe.Config> {
    private static final double HELD_OUT = 0.1; // of a table

    /**
     * @param data table (.csv, .tsv, .jsonl), or folder with {@code train.<anchor>}, {@code train.<positive>} and the
     *     same for the test part, raw or gzipped: a text on each line
     * @param anchor name of the table's column, or ending of the files, with the one text of each pair
     * @param positive that with the other
     * @param test name of the files' part to measure with; of a table, a tenth is held out
     * @param pretrained folder of the model to start from
     * @param fromScratch whether its weights are left out, to see what they are worth
     * @param maxLength most tokens of a text; what is longer loses its end
     * @param trainPairs how many of the training pairs to use, the first after a shuffle; 0 for all
     * @param testBatchSize among how many pairs the partner is sought when the model is measured
     * @param epochs passes over the training pairs
     * @param batchSize pairs in a step, each with the others for its negatives
     * @param learningRate at the top, after a tenth of all steps; it falls in a line to 0
     * @param recompute whether activations are computed again instead of kept: slower, with a fraction of the memory
     * @param seed of new weights, the order and dropout
     */
    public record Config(String data, String anchor, String positive, String test, String pretrained,
            boolean fromScratch, int maxLength, int trainPairs, int testBatchSize, int epochs, int batchSize,
            double learningRate, boolean recompute, long seed) {
        public Config {
            Settings.atLeast("max_length", 3, maxLength);
            Settings.atLeast("train_pairs", 0, trainPairs);
            Settings.atLeast("test_batch_size", 2, testBatchSize);
            Settings.atLeast("epochs", 1, epochs);
            Settings.atLeast("batch_size", 2, batchSize);
            Settings.positive("learning_rate", learningRate);
        }
    }

    @Override public String name() { return "embedding"; }

    @Override public String description() {
        return "Trains a sentence encoder on pairs that mean the same: data=<table or folder> pretrained=<folder>";
    }

    @Override public Config defaults() {
        return new Config("", "anchor", "positive", "val", "", false, 128, 0, 100, 1, 32, 5e-5, false, 1337);
    }

    @Override public Job<?> job(Config config) {
        return EmbeddingJob.of(config, Settings.existing("pretrained", config.pretrained, Settings.ENCODER),
                data(config));
    }

    @Override public Job<?> job(Config config, Path run) { return EmbeddingJob.of(config, () -> data(config), run); }

    private static PairsJob.Data data(Config config) {
        Path data = Settings.existing("data", config.data, "a table (.csv, .tsv, .jsonl), or a folder with train."
                + config.anchor + ", train." + config.positive + ", " + config.test + "." + config.anchor + " and "
                + config.test + "." + config.positive);
        var all = Files.isDirectory(data) ? files(data, config) : table(data, config);
        return new PairsJob.Data(some(all.train(), config), all.test());
    }

    private static PairsJob.Data files(Path folder, Config config) {
        return new PairsJob.Data(TextPair.read(folder, "train", config.anchor, config.positive),
                TextPair.read(folder, config.test, config.anchor, config.positive));
    }

    private static PairsJob.Data table(Path file, Config config) {
        var pairs = Columns.read(file, config.anchor, config.positive).stream()
                .map(row -> new TextPair(row.getFirst(), row.getLast())).toList();
        if (pairs.isEmpty()) throw new IllegalArgumentException(file + ": expected rows with pairs. Received none.");
        var parts = Split.random(Dataset.of(pairs), config.seed, 1 - HELD_OUT, HELD_OUT);
        return new PairsJob.Data(parts.getFirst(), parts.getLast());
    }

    private static Dataset<TextPair> some(Dataset<TextPair> pairs, Config config) {
        if (config.trainPairs == 0 || config.trainPairs >= pairs.size()) return pairs;
        double share = (double) config.trainPairs / pairs.size();
        return Split.random(pairs, config.seed, share, 1 - share).getFirst();
    }
}
