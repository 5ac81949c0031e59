package dev.merapi.text.recipe;

import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;

/** Pretrains a model of BERT's family on a text, or goes on pretraining one. */
public final class FillMaskRecipe implements Recipe<FillMaskRecipe.Config> {
    /** The learning rate is at its top after a tenth of all steps, and falls in a line to 0. */
    public record Config(
            @Describe("file with the text, or folder of .txt files; empty for Jane Austen's novels") String data,
            @Describe("text to measure with; empty for the tenth at the end of the data") String test,
            @Describe("folder of the model and tokenizer to go on with; empty for a new BERT") String pretrained,
            @Describe("most tokens of a new WordPiece tokenizer") int vocabSize,
            @Describe("of all vectors of a new model") int width,
            @Describe("of a new model") int layers,
            @Describe("of attention of a new model") int heads,
            @Describe("everywhere in a new model") double dropout,
            @Describe("tokens of the windows that the text is cut into, [CLS] and [SEP] among them") int maxLength,
            @Describe("passes over the text") int epochs,
            @Describe("windows in a step") int batchSize,
            @Describe("at the top; 0 for 1e-3 of a new model, 5e-5 of a pretrained one") double learningRate,
            @Describe("of matrices, as a part of the learning rate") double weightDecay,
            @Describe("whether activations are computed again, not kept: slower, less memory") boolean recompute,
            @Describe("of new weights, the order, the masks and dropout") long seed) {
        public Config {
            Expect.atLeast("vocab_size", 6, vocabSize);
            Expect.atLeast("layers", 1, layers);
            Expect.atLeast("heads", 1, heads);
            Expect.atLeast("width", heads, width);
            Expect.fraction("dropout", dropout);
            Expect.atLeast("max_length", 3, maxLength);
            Expect.atLeast("epochs", 1, epochs);
            Expect.atLeast("batch_size", 1, batchSize);
            if (learningRate != 0) Expect.positive("learning_rate", learningRate);
            Expect.atLeast("weight_decay", 0, weightDecay);
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
