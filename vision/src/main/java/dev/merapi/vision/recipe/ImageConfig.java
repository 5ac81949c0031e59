package dev.merapi.vision.recipe;

import dev.merapi.recipe.Describe;

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
        atLeastOne("epochs", epochs);
        atLeastOne("batch_size", batchSize);
        if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("learning_rate: expected more than 0. Received " + learningRate);
        }
        if (!(weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("weight_decay: expected 0 or more. Received " + weightDecay);
        }
    }

    static void atLeastOne(String setting, int value) {
        if (value < 1) throw new IllegalArgumentException(setting + ": expected at least 1. Received " + value);
    }
}
