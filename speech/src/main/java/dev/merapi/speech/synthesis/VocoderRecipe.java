package dev.merapi.speech.synthesis;

import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;

/** A HiFi-GAN: sound from mel bands, learnt from recordings, whose texts do not matter. */
public final class VocoderRecipe implements Recipe<VocoderRecipe.Config> {
    /** The settings, each described beside it. */
    public record Config(
            @Describe("folder with metadata.csv and wavs, as LJ Speech") String data,
            @Describe("part of the recordings that is held out") double testFraction,
            @Describe("samples in a second, as the voice's") int rate,
            @Describe("mel bands, as the voice's") int bands,
            @Describe("of the generator's first layer; 512 or 128 in the paper") int channels,
            @Describe("seconds of a training clip") double seconds,
            @Describe("passes over the recordings") int epochs,
            @Describe("clips in a step") int batchSize,
            @Describe("of both sides") double learningRate,
            @Describe("of the first weights, the order and the clips") long seed) {
        public Config {
            Expect.that(testFraction > 0 && testFraction < 1, "test_fraction", "between 0 and 1", testFraction);
            Expect.atLeast("channels", 16, channels);
            Expect.positive("seconds", seconds);
            Expect.atLeast("epochs", 1, epochs);
            Expect.atLeast("batch_size", 1, batchSize);
            Expect.positive("learning_rate", learningRate);
        }
    }

    @Override public String name() { return "vocoder"; }

    @Override public String description() {
        return "HiFi-GAN, which makes sound of a voice's mel bands: data=<folder> as for speech-synthesis";
    }

    @Override public Config defaults() { return new Config("", 0.05, 22_050, 80, 128, 0.4, 200, 16, 2e-4, 1337); }

    @Override public Job<?> job(Config config) {
        return new VocoderJob(config, VoiceProcessor.of(config.rate, config.bands));
    }

    @Override public Job<?> job(Config config, Path run) { return new VocoderJob(config, VoiceProcessor.open(run)); }
}
