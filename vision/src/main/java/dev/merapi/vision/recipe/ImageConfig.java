package dev.merapi.vision.recipe;

import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Expect;

/** Settings of the recipes on fixed data sets. Training is by AdamW, whose learning rate falls to 0 along a cosine. */
public record ImageConfig(
        @Describe("folder with the data set's files; empty for the recipe's own place") String data,
        @Describe("the network") Network model,
        @Describe("passes over the training images") int epochs,
        @Describe("images in a step") int batchSize,
        @Describe("at the start") double learningRate,
        @Describe("as a part of the learning rate") double weightDecay,
        @Describe("whether training images are changed at random") boolean augment,
        @Describe("of the first weights, the order, the augmentation and dropout") long seed) {
    public ImageConfig {
        Expect.atLeast("epochs", 1, epochs);
        Expect.atLeast("batch_size", 1, batchSize);
        Expect.positive("learning_rate", learningRate);
        Expect.atLeast("weight_decay", 0, weightDecay);
    }
}
