package dev.merapi.text.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import java.nio.file.Path;

/** Fine-tunes a model of BERT's family to find the answers to questions in a text. */
public final class QuestionAnsweringRecipe implements Recipe<QuestionAnsweringRecipe.Config> {
    /**
     * @param data folder with a training and a test file as SQuAD's, 1.1 or 2.0
     * @param train name of the training file
     * @param test name of the file to measure with
     * @param pretrained folder of the model to start from
     * @param fromScratch whether its weights are left out, to see what they are worth
     * @param maxLength most tokens of question and text; a longer text is read in windows
     * @param stride tokens of the text that a window repeats of the one before it
     * @param epochs passes over the training windows
     * @param batchSize windows in a step
     * @param learningRate at the top, after a tenth of all steps; it falls in a line to 0
     * @param weightDecay of matrices, as a part of the learning rate
     * @param recompute whether activations are computed again instead of kept: slower, with a fraction of the memory
     * @param seed of new weights, the order and dropout
     */
    public record Config(String data, String train, String test, String pretrained, boolean fromScratch, int maxLength,
            int stride, int epochs, int batchSize, double learningRate, double weightDecay, boolean recompute,
            long seed) {
        public Config {
            Settings.atLeast("max_length", 8, maxLength);
            Settings.atLeast("stride", 0, stride);
            Settings.atLeast("epochs", 1, epochs);
            Settings.atLeast("batch_size", 1, batchSize);
            Settings.positive("learning_rate", learningRate);
            Settings.atLeastZero("weight_decay", weightDecay);
        }

        Path folder() { return Settings.existing("data", data, "a folder with " + train + " and " + test); }
    }

    @Override public String name() { return "question-answering"; }

    @Override public String description() {
        return "Fine-tunes a BERT to answer from a text: data=<folder with SQuAD's files> pretrained=<folder>";
    }

    @Override public Config defaults() {
        return new Config("", "train-v1.1.json", "dev-v1.1.json", "", false, 384, 128, 2, 12, 3e-5, 0.01, false, 1337);
    }

    @Override public Job<?> job(Config config) {
        Path pretrained = Settings.existing("pretrained", config.pretrained(), Settings.ENCODER);
        config.folder();
        return AnswerJob.of(config, pretrained);
    }

    @Override public Job<?> job(Config config, Path run) { return AnswerJob.resumed(config, run); }
}
