package dev.merapi.text.recipe;

import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.tensor.Expect;
import dev.merapi.text.data.Imdb;
import java.nio.file.Path;

/** Fine-tunes a model of BERT's family to put texts into classes. */
public final class BertClassificationRecipe implements Recipe<BertClassificationRecipe.Config> {
    /** The settings, each described beside it. */
    public record Config(
            @Describe("where the texts are; imdb for that data set") String data,
            @Describe("part of the folder, or table, to measure with; empty: test, a fifth of a table") String test,
            @Describe("name of a table's column with the texts") String text,
            @Describe("name of its column with the classes") String label,
            @Describe("folder of the model to start from") String pretrained,
            @Describe("whether its weights are left out, to see what they are worth") boolean fromScratch,
            @Describe("most tokens of a text; what is longer loses its end") int maxLength,
            @Describe("how many of the training texts to use, the first after a shuffle; 0 for all") int trainTexts,
            @Describe("how many of the test texts; 0 for all") int testTexts,
            @Describe("passes over the training texts") int epochs,
            @Describe("texts in a step") int batchSize,
            @Describe("at the top, after a tenth of all steps; it falls in a line to 0") double learningRate,
            @Describe("of matrices, as a part of the learning rate") double weightDecay,
            @Describe("whether activations are computed again, not kept: slower, less memory") boolean recompute,
            @Describe("of new weights, the order and dropout") long seed) {
        public Config {
            Expect.atLeast("max_length", 2, maxLength);
            Expect.atLeast("train_texts", 0, trainTexts);
            Expect.atLeast("test_texts", 0, testTexts);
            Expect.atLeast("epochs", 1, epochs);
            Expect.atLeast("batch_size", 1, batchSize);
            Expect.positive("learning_rate", learningRate);
            Expect.atLeast("weight_decay", 0, weightDecay);
        }
    }

    @Override public String name() { return "bert-classification"; }

    @Override public String description() {
        return "Fine-tunes BERT, RoBERTa or DistilBERT: data=<table or folder or imdb> pretrained=<folder>";
    }

    @Override public Config defaults() {
        return new Config("", "", "text", "label", "", false, 128, 0, 0, 3, 16, 3e-5, 0.01, false, 1337);
    }

    @Override public Job<?> job(Config config) {
        return BertJob.of(config, Settings.existing("pretrained", config.pretrained(), Settings.ENCODER),
                texts(config));
    }

    @Override public Job<?> job(Config config, Path run) { return BertJob.resumed(config, texts(config), run); }

    private static TextSource texts(Config config) {
        var text = new Column("text", config.text);
        var label = new Column("label", config.label);
        if (config.data.equals("imdb")) return TextSource.of(Imdb::full, config.test, text, label);
        return new TextSource.Own(config.data, config.test, text, label, config.seed);
    }
}
