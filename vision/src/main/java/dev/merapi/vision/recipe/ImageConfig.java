package dev.merapi.vision.recipe;

import dev.merapi.optim.AdamW;
import dev.merapi.optim.Optimizer;
import dev.merapi.optim.ParamGroup;
import dev.merapi.optim.Sgd;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Expect;
import java.util.List;

/** Settings of the recipes on fixed data sets. The learning rate falls to 0 along a cosine. */
public record ImageConfig(
        @Describe("folder with the data set's files; empty for the recipe's own place") String data,
        @Describe("the network") Network model,
        @Describe("passes over the training images") int epochs,
        @Describe("images in a step") int batchSize,
        @Describe("how weights follow gradients; sgd has a momentum of 0.9") Descent optimizer,
        @Describe("at the start") double learningRate,
        @Describe("as a part of the learning rate") double weightDecay,
        @Describe("whether training images are changed at random") boolean augment,
        @Describe("of the first weights, the order, the augmentation and dropout") long seed) {
    /** Optimizers, and what they take of the settings. */
    public enum Descent {
        /** {@link AdamW}. */
        ADAMW,
        /** {@link Sgd} with a momentum of 0.9, whose weight decay is added to the gradient. */
        SGD;

        Optimizer of(List<ParamGroup> groups, ImageConfig config) {
            double rate = config.learningRate, decay = config.weightDecay;
            return this == ADAMW ? new AdamW(groups, rate, AdamW.DEFAULT.weightDecay(decay))
                    : new Sgd(groups, rate, Sgd.Options.DEFAULT.momentum(0.9).weightDecay(decay));
        }
    }

    public ImageConfig {
        Expect.atLeast("epochs", 1, epochs);
        Expect.atLeast("batch_size", 1, batchSize);
        Expect.positive("learning_rate", learningRate);
        Expect.atLeast("weight_decay", 0, weightDecay);
    }
}
