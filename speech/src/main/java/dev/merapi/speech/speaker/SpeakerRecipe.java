package dev.merapi.speech.speaker;

import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.speech.clip.SoundFolder;
import dev.merapi.speech.clip.SoundProcessor;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;

/** Vectors of voices, near each other where one speaker speaks, whatever is said; measured on speakers never heard. */
public final class SpeakerRecipe implements Recipe<SpeakerRecipe.Config> {
    /** The settings, each described beside it. */
    public record Config(
            @Describe("folder with one for each speaker, or train and test with such, of different speakers")
            String data,
            @Describe("part of the speakers to test on, where there is no train and test") double testFraction,
            @Describe("samples in a second that the network hears") int rate,
            @Describe("of a clip: a part of each sound") double seconds,
            @Describe("mel bands") int bands,
            @Describe("of the network, a multiple of 8; 512 in the paper") int channels,
            @Describe("length of a vector") int width,
            @Describe("angle in radians that the right speaker is made farther by") double margin,
            @Describe("of the logits") double scale,
            @Describe("passes over the training sounds") int epochs,
            @Describe("clips in a step") int batchSize,
            @Describe("after a tenth of the steps") double learningRate,
            @Describe("as a part of the learning rate") double weightDecay,
            @Describe("whether training clips are disturbed by noise at random") boolean augment,
            @Describe("of the first weights, the order and the augmentation") long seed) {
        public Config {
            Expect.that(testFraction > 0 && testFraction < 1, "test_fraction", "between 0 and 1", testFraction);
            Expect.positive("margin", margin);
            Expect.positive("scale", scale);
            Expect.atLeast("epochs", 1, epochs);
            Expect.atLeast("batch_size", 2, batchSize);
            Expect.positive("learning_rate", learningRate);
            Expect.atLeast("weight_decay", 0, weightDecay);
        }
    }

    @Override public String name() { return "speaker-verification"; }

    @Override public String description() {
        return "Vectors of voices, to tell who speaks: data=<folder> with a folder for each speaker";
    }

    @Override public Config defaults() {
        return new Config("", 0.2, 16_000, 2, 80, 128, 192, 0.2, 30, 20, 64, 1e-3, 1e-4, true, 1337);
    }

    /** Lists the speakers, as the loss's weights depend on their number. */
    @Override public Job<?> job(Config config) {
        Expect.that(!config.data.isEmpty(), "data", "a folder with one for each speaker", "none; add data=<folder>");
        var split = SoundFolder.openSplit(Path.of(config.data), config.testFraction, config.seed);
        return new SpeakerJob(config, new SoundProcessor(config.rate, config.seconds, config.bands,
                split.train().classes()), split);
    }

    @Override public Job<?> job(Config config, Path run) {
        return new SpeakerJob(config, SoundProcessor.open(run), null);
    }
}
