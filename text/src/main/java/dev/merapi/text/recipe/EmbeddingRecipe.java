package dev.merapi.text.recipe;

import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;

/** Trains a sentence encoder on pairs of texts that mean the same. */
public final class EmbeddingRecipe implements Recipe<EmbeddingRecipe.Config> {
    /** A table is .csv, .tsv or .jsonl; the files of a folder are raw or gzipped, with a text on each line. */
    public record Config(
            @Describe("table, or folder of train.<anchor>, train.<positive>, val.… or of tables") String data,
            @Describe("table's column, or ending of the files, with the one text of each pair") String anchor,
            @Describe("that with the other") String positive,
            @Describe("part of the folder, or table, to measure with; empty: val, a tenth of a table") String test,
            @Describe("folder of the model to start from") String pretrained,
            @Describe("whether its weights are left out, to see what they are worth") boolean fromScratch,
            @Describe("most tokens of a text; what is longer loses its end") int maxLength,
            @Describe("how many of the training pairs to use, the first after a shuffle; 0 for all") int trainPairs,
            @Describe("among how many pairs the partner is sought when the model is measured") int testBatchSize,
            @Describe("passes over the training pairs") int epochs,
            @Describe("pairs in a step, each with the others for its negatives") int batchSize,
            @Describe("at the top, after a tenth of all steps; it falls in a line to 0") double learningRate,
            @Describe("of matrices, as a part of the learning rate") double weightDecay,
            @Describe("whether activations are computed again, not kept: slower, less memory") boolean recompute,
            @Describe("of new weights, the order and dropout") long seed) {
        public Config {
            Expect.atLeast("max_length", 3, maxLength);
            Expect.atLeast("train_pairs", 0, trainPairs);
            Expect.atLeast("test_batch_size", 2, testBatchSize);
            Expect.atLeast("epochs", 1, epochs);
            Expect.atLeast("batch_size", 2, batchSize);
            Expect.positive("learning_rate", learningRate);
            Expect.atLeast("weight_decay", 0, weightDecay);
        }

        PairSource source() {
            return new PairSource(data, new Column("anchor", anchor), new Column("positive", positive), test, seed);
        }
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
