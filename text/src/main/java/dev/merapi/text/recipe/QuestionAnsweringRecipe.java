package dev.merapi.text.recipe;

import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;

/** Fine-tunes a model of BERT's family to find the answers to questions in a text. */
public final class QuestionAnsweringRecipe implements Recipe<QuestionAnsweringRecipe.Config> {
    /** The settings, each described beside it. */
    public record Config(
            @Describe("folder with a training and a test file as SQuAD's, 1.1 or 2.0") String data,
            @Describe("name of the training file") String train,
            @Describe("name of the file to measure with") String test,
            @Describe("folder of the model to start from") String pretrained,
            @Describe("whether its weights are left out, to see what they are worth") boolean fromScratch,
            @Describe("most tokens of question and text; a longer text is read in windows") int maxLength,
            @Describe("tokens of the text that a window repeats of the one before it") int stride,
            @Describe("passes over the training windows") int epochs,
            @Describe("windows in a step") int batchSize,
            @Describe("at the top, after a tenth of all steps; it falls in a line to 0") double learningRate,
            @Describe("of matrices, as a part of the learning rate") double weightDecay,
            @Describe("whether activations are computed again, not kept: slower, less memory") boolean recompute,
            @Describe("of new weights, the order and dropout") long seed) {
        public Config {
            Expect.atLeast("max_length", 8, maxLength);
            Expect.atLeast("stride", 0, stride);
            Expect.atLeast("epochs", 1, epochs);
            Expect.atLeast("batch_size", 1, batchSize);
            Expect.positive("learning_rate", learningRate);
            Expect.atLeast("weight_decay", 0, weightDecay);
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
