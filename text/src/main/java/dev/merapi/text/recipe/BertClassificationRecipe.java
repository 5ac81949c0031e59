package dev.merapi.text.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.text.data.Imdb;
import java.nio.file.Path;

/** Fine-tunes a model of BERT's family to put texts into classes. */
public final class BertClassificationRecipe implements Recipe<BertClassificationRecipe.Config> {
    /**
     * @param data where the texts are; {@code imdb} for that data set
     * @param test what to measure with: a part of the folder, or a table; empty for {@code test}, or for a fifth of a
     *     table that is held out
     * @param text name of a table's column with the texts
     * @param label name of its column with the classes
     * @param pretrained folder of the model to start from
     * @param fromScratch whether its weights are left out, to see what they are worth
     * @param maxLength most tokens of a text; what is longer loses its end
     * @param trainTexts how many of the training texts to use, the first after a shuffle; 0 for all
     * @param testTexts how many of the test texts; 0 for all
     * @param epochs passes over the training texts
     * @param batchSize texts in a step
     * @param learningRate at the top, after a tenth of all steps; it falls in a line to 0
     * @param weightDecay of matrices, as a part of the learning rate
     * @param recompute whether activations are computed again instead of kept: slower, with a fraction of the memory
     * @param seed of new weights, the order and dropout
     */
    public record Config(String data, String test, String text, String label, String pretrained, boolean fromScratch,
            int maxLength, int trainTexts, int testTexts, int epochs, int batchSize, double learningRate,
            double weightDecay, boolean recompute, long seed) {
        public Config {
            Settings.atLeast("max_length", 2, maxLength);
            Settings.atLeast("train_texts", 0, trainTexts);
            Settings.atLeast("test_texts", 0, testTexts);
            Settings.atLeast("epochs", 1, epochs);
            Settings.atLeast("batch_size", 1, batchSize);
            Settings.positive("learning_rate", learningRate);
            Settings.atLeastZero("weight_decay", weightDecay);
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
        if (config.data.equals("imdb")) return TextSource.of(Imdb::full, config.test, config.text, config.label);
        return new TextSource.Own(config.data, config.test, config.text, config.label, config.seed);
    }
}
