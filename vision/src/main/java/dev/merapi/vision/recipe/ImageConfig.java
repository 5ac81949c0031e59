package dev.merapi.vision.recipe;

/**
 * Settings of the recipes on fixed data sets. Training is by AdamW, whose learning rate falls to 0 along a cosine.
 *
 * @param data folder with the data set's files; empty for the recipe's own place
 * @param model the network
 * @param epochs passes over the training images
 * @param batchSize images in a step
 * @param learningRate at the start
 * @param weightDecay as a part of the learning rate
 * @param augment whether training images are changed at random
 * @param seed of the first weights, the order, the augmentation and dropout
 */
public record ImageConfig(String data, Network model, int epochs, int batchSize, double learningRate,
        double weightDecay, boolean augment, long seed) {
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
