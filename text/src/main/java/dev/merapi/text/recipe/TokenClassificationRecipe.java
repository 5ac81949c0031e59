package dev.merapi.text.recipe;

import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.tensor.Expect;
import dev.merapi.text.data.Conll;
import dev.merapi.text.data.LabeledWords;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Fine-tunes a model of BERT's family to label the words of a text, such as the names in it. */
public final class TokenClassificationRecipe implements Recipe<TokenClassificationRecipe.Config> {
    private static final List<String> ENDINGS = List.of("conll", "txt", "bio", "iob2", "conll.gz", "txt.gz");

    /** The settings, each described beside it. */
    public record Config(
            @Describe("folder with a train and a test file as CoNLL's: a word and its label on each line") String data,
            @Describe("name of the file to measure with, without its ending, such as valid") String test,
            @Describe("folder of the model to start from") String pretrained,
            @Describe("whether its weights are left out, to see what they are worth") boolean fromScratch,
            @Describe("most tokens that are read at once; a longer sentence is read in parts") int maxLength,
            @Describe("passes over the training sentences") int epochs,
            @Describe("sentences in a step") int batchSize,
            @Describe("at the top, after a tenth of all steps; it falls in a line to 0") double learningRate,
            @Describe("of matrices, as a part of the learning rate") double weightDecay,
            @Describe("whether activations are computed again, not kept: slower, less memory") boolean recompute,
            @Describe("of new weights, the order and dropout") long seed) {
        public Config {
            Expect.atLeast("max_length", 3, maxLength);
            Expect.atLeast("epochs", 1, epochs);
            Expect.atLeast("batch_size", 1, batchSize);
            Expect.positive("learning_rate", learningRate);
            Expect.atLeast("weight_decay", 0, weightDecay);
        }

        /** Those of a part of the data. */
        List<LabeledWords> sentences(String part) {
            Path folder = Settings.existing("data", data, "a folder with train.conll (or .txt) and " + test
                    + ".conll, a word and its label on each line");
            return Conll.read(ENDINGS.stream().map(ending -> folder.resolve(part + "." + ending)).filter(Files::exists)
                    .findFirst().orElseThrow(() -> new IllegalArgumentException(folder + ": expected " + part
                            + ".conll or " + part + ".txt. Received neither.")));
        }
    }

    @Override public String name() { return "token-classification"; }

    @Override public String description() {
        return "Fine-tunes a BERT to find names: data=<folder with train.conll, test.conll> pretrained=<folder>";
    }

    @Override public Config defaults() {
        return new Config("", "test", "", false, 128, 3, 16, 5e-5, 0.01, false, 1337);
    }

    @Override public Job<?> job(Config config) {
        return TokenJob.of(config, Settings.existing("pretrained", config.pretrained(), Settings.ENCODER));
    }

    @Override public Job<?> job(Config config, Path run) { return TokenJob.resumed(config, run); }
}
