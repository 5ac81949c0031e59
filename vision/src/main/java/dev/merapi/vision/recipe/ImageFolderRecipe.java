package dev.merapi.vision.recipe;

import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.tensor.Expect;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.data.ImageFolder;
import dev.merapi.vision.transform.ColorJitter;
import dev.merapi.vision.transform.ImageProcessor;
import dev.merapi.vision.transform.RandomCrop;
import dev.merapi.vision.transform.RandomFlip;
import dev.merapi.vision.transform.Transform;
import java.nio.file.Path;

/** A user's own pictures: {@code <class>/…}, or {@code train/<class>/…} and {@code test/<class>/…}. */
public final class ImageFolderRecipe implements Recipe<ImageFolderRecipe.Config> {
    /** The settings, each described beside it. */
    public record Config(
            @Describe("folder with one for each class, or train and test with such") String data,
            @Describe("part of each class to test on, where there is no train and test") double testFraction,
            @Describe("side of the square that every image is brought to") int imageSize,
            @Describe("the network") Network model,
            @Describe("passes over the training images") int epochs,
            @Describe("images in a step") int batchSize,
            @Describe("how weights follow gradients; sgd has a momentum of 0.9") ImageConfig.Descent optimizer,
            @Describe("at the start") double learningRate,
            @Describe("as a part of the learning rate") double weightDecay,
            @Describe("whether training images are changed at random") boolean augment,
            @Describe("of the first weights, the order, the augmentation and dropout") long seed) {
        public Config {
            Expect.atLeast("image_size", 1, imageSize);
            if (!(testFraction > 0 && testFraction < 1)) {
                throw new IllegalArgumentException("test_fraction: expected between 0 and 1. Received " + testFraction);
            }
            new ImageConfig(data, model, epochs, batchSize, optimizer, learningRate, weightDecay, augment, seed); // its checks
        }

        ImageConfig training() {
            return new ImageConfig(data, model, epochs, batchSize, optimizer, learningRate, weightDecay, augment, seed);
        }
    }

    @Override public String name() { return "image-folder"; }

    @Override public String description() {
        return "Your own images: data=<folder> with <class>/, or train/<class>/ and test/<class>/";
    }

    @Override public Config defaults() {
        return new Config("", 0.2, 64, Network.RESNET18, 10, 32, ImageConfig.Descent.ADAMW, 1e-3, 0.01, true, 1337);
    }

    /** Lists the classes, as the model depends on their number. */
    @Override public Job<?> job(Config config) {
        if (config.data.isEmpty()) {
            throw new IllegalArgumentException("data: expected a folder with a folder for each class in it, or train/"
                    + " and test/ with such. Received none; add data=<folder>.");
        }
        return job(config, new ImageProcessor(config.imageSize, Normalize.IMAGENET,
                ImageFolder.classes(Path.of(config.data))));
    }

    @Override public Job<?> job(Config config, Path run) { return job(config, ImageProcessor.open(run)); }

    private static Job<?> job(Config config, ImageProcessor processor) {
        int side = processor.size();
        return new ImageJob(config.training(), processor,
                () -> ImageFolder.split(Path.of(config.data), processor.normalize(), config.testFraction, config.seed),
                Transform.of(new RandomCrop(side, side / 8), new RandomFlip(), ColorJitter.of(0.2)));
    }
}
