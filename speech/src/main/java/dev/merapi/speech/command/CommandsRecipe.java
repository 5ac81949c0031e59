package dev.merapi.speech.command;

import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.speech.clip.SoundFolder;
import dev.merapi.speech.clip.SoundProcessor;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;

/** Words of a voice command, each a folder of recordings, as Google's Speech Commands are (Warden 2018). */
public final class CommandsRecipe implements Recipe<CommandsRecipe.Config> {
    /** The settings, each described beside it. */
    public record Config(
            @Describe("folder with one for each word, or train and test with such") String data,
            @Describe("part of the speakers to test on, where the folder does not say") double testFraction,
            @Describe("samples in a second that the network hears") int rate,
            @Describe("of a clip; of a longer sound the loudest part is heard") double seconds,
            @Describe("mel bands; 40, or another multiple of 20 for bc_resnet") int bands,
            @Describe("the network") Spotter model,
            @Describe("of its width: bc_resnet's is 8 to 20 times this, ds_cnn's 64 times") double scale,
            @Describe("passes over the training clips") int epochs,
            @Describe("clips in a step") int batchSize,
            @Describe("after a tenth of the steps") double learningRate,
            @Describe("as a part of the learning rate") double weightDecay,
            @Describe("whether training clips are moved, slowed and disturbed at random") boolean augment,
            @Describe("of the first weights, the order and the augmentation") long seed) {
        public Config {
            Expect.that(testFraction > 0 && testFraction < 1, "test_fraction", "between 0 and 1", testFraction);
            Expect.that(model != Spotter.BC_RESNET || bands % 20 == 0, "bands", "a multiple of 20 for bc_resnet",
                    bands);
            Expect.positive("scale", scale);
            Expect.atLeast("epochs", 1, epochs);
            Expect.atLeast("batch_size", 2, batchSize);
            Expect.positive("learning_rate", learningRate);
            Expect.atLeast("weight_decay", 0, weightDecay);
        }
    }

    @Override public String name() { return "speech-commands"; }

    @Override public String description() {
        return "Words of a voice command: data=<folder> with <word>/*.wav, as Speech Commands; or train/ and test/";
    }

    @Override public Config defaults() {
        return new Config("", 0.2, 16_000, 1, 40, Spotter.BC_RESNET, 1, 20, 32, 3e-3, 0.01, true, 1337);
    }

    /** Lists the words, as the model depends on their number. */
    @Override public Job<?> job(Config config) {
        Expect.that(!config.data.isEmpty(), "data", "a folder with one for each word", "none; add data=<folder>");
        var words = SoundFolder.classes(Path.of(config.data));
        Expect.that(words.size() > 1, config.data, "folders of two words at least", words);
        return new CommandsJob(config, new SoundProcessor(config.rate, config.seconds, config.bands, words));
    }

    @Override public Job<?> job(Config config, Path run) { return new CommandsJob(config, SoundProcessor.open(run)); }
}
