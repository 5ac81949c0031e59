package dev.merapi.vision.recipe;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.data.OnError;

/** What the recipes on scenes have in common. Training is by AdamW, whose learning rate falls to 0 along a cosine. */
interface SceneSettings {
    /** Folder with pictures and what is in them; empty for composed scenes. */
    String data();

    /** Part of the pictures to test on, where the folder does not say. */
    double testFraction();

    /** What happens to pictures, boxes and masks that cannot be used. */
    OnError onError();

    /** Side of the square that every picture is brought to. */
    int imageSize();

    /** Passes over the training pictures. */
    int epochs();

    /** Pictures in a step. */
    int batchSize();

    /** After a tenth of the first pass. */
    double learningRate();

    /** As a part of the learning rate. */
    double weightDecay();

    /** Whether training pictures are changed at random. */
    boolean augment();

    /** Of the first weights, the order and the augmentation. */
    long seed();

    static void check(double testFraction, int epochs, int batchSize, double learningRate, double weightDecay) {
        Expect.that(testFraction > 0 && testFraction < 1, "test_fraction", "between 0 and 1", testFraction);
        Expect.atLeast("epochs", 1, epochs);
        Expect.atLeast("batch_size", 1, batchSize);
        Expect.positive("learning_rate", learningRate);
        Expect.atLeast("weight_decay", 0, weightDecay);
    }
}
