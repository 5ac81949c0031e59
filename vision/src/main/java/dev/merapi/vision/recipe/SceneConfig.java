package dev.merapi.vision.recipe;

import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Expect;
import dev.merapi.vision.data.OnError;
import java.nio.file.Files;
import java.nio.file.Path;

/** Data and training of the recipes on scenes. Training is by AdamW, whose learning rate falls to 0 along a cosine. */
record SceneConfig(
        @Describe("folder with pictures and what is in them; empty for composed scenes of clothes") String data,
        @Describe("part of the pictures to test on, where the folder does not say") double testFraction,
        @Describe("what happens to pictures and boxes that cannot be used") OnError onError,
        @Describe("side of the square that every picture is brought to, a multiple of 32") int imageSize,
        @Describe("passes over the training pictures") int epochs,
        @Describe("pictures in a step") int batchSize,
        @Describe("after a tenth of the first pass") double learningRate,
        @Describe("as a part of the learning rate") double weightDecay,
        @Describe("whether training pictures are changed at random") boolean augment,
        @Describe("of the first weights, the order and the augmentation") long seed) {
    SceneConfig {
        Expect.that(testFraction > 0 && testFraction < 1, "test_fraction", "between 0 and 1", testFraction);
        Expect.atLeast("epochs", 1, epochs);
        Expect.atLeast("batch_size", 1, batchSize);
        Expect.positive("learning_rate", learningRate);
        Expect.atLeast("weight_decay", 0, weightDecay);
    }

    /** A slip in the path is said at once. */
    Path folder() {
        Path folder = Path.of(data);
        Expect.that(Files.isDirectory(folder), "data", "a folder that exists", data);
        return folder;
    }
}
