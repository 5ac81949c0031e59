package dev.merapi.speech.synthesis;

import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;

/** A voice that says texts, learnt from recordings of one speaker, by {@link FastSpeech2}. */
public final class SynthesisRecipe implements Recipe<SynthesisRecipe.Config> {
    /** The settings, each described beside it. */
    public record Config(
            @Describe("folder with metadata.csv and wavs, as LJ Speech") String data,
            @Describe("part of the recordings that is held out") double testFraction,
            @Describe("samples in a second") int rate,
            @Describe("mel bands") int bands,
            @Describe("of the network; 256 in the paper") int width,
            @Describe("blocks over letters, and as many over frames; 4 in the paper") int layers,
            @Describe("size between the convolutions of a block; 1024 in the paper") int hidden,
            @Describe("of every block and predictor") double dropout,
            @Describe("passes over the recordings") int epochs,
            @Describe("recordings in a step") int batchSize,
            @Describe("after a tenth of the steps") double learningRate,
            @Describe("of the first weights and the order") long seed,
            @Describe("run of speech-recognition of the same rate, which is asked in the end what it understands;"
                    + " empty for none") String recogniser) {
        public Config {
            Expect.that(testFraction > 0 && testFraction < 1, "test_fraction", "between 0 and 1", testFraction);
            Expect.atLeast("epochs", 1, epochs);
            Expect.atLeast("batch_size", 1, batchSize);
            Expect.positive("learning_rate", learningRate);
            new FastSpeech2.Config(width, 2, layers, hidden, dropout);
        }
    }

    @Override public String name() { return "speech-synthesis"; }

    @Override public String description() {
        return "A voice that says texts: data=<folder> with metadata.csv and wavs/, as LJ Speech; then merapi say";
    }

    @Override public Config defaults() {
        return new Config("", 0.05, 22_050, 80, 192, 4, 512, 0.1, 100, 16, 1e-3, 1337, "");
    }

    @Override public Job<?> job(Config config) {
        return new SynthesisJob(config, VoiceProcessor.of(config.rate, config.bands));
    }

    @Override public Job<?> job(Config config, Path run) {
        return new SynthesisJob(config, VoiceProcessor.open(run));
    }
}
