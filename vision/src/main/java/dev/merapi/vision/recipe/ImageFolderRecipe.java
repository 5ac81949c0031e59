package dev.merapi.vision.recipe;

import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.data.ImageData;
import dev.merapi.vision.data.ImageFolder;
import dev.merapi.vision.transform.CenterCrop;
import dev.merapi.vision.transform.ColorJitter;
import dev.merapi.vision.transform.RandomCrop;
import dev.merapi.vision.transform.RandomFlip;
import dev.merapi.vision.transform.Resize;
import dev.merapi.vision.transform.Transform;
import java.nio.file.Path;

/** A user's own pictures: {@code train/<class>/…} and {@code test/<class>/…}. */
public final class ImageFolderRecipe implements Recipe<ImageFolderRecipe.Config> {
    public record Config(
            @Describe("folder with train and test, each with a folder for every class") String data,
            @Describe("side of the square that every image is brought to") int imageSize,
            @Describe("the network") Network model,
            @Describe("passes over the training images") int epochs,
            @Describe("images in a step") int batchSize,
            @Describe("at the start") double learningRate,
            @Describe("as a part of the learning rate") double weightDecay,
            @Describe("whether training images are changed at random") boolean augment,
            @Describe("of the first weights, the order, the augmentation and dropout") long seed) {
        public Config {
            ImageConfig.atLeastOne("image_size", imageSize);
            new ImageConfig(data, model, epochs, batchSize, learningRate, weightDecay, augment, seed); // its checks
        }

        ImageConfig training() {
            return new ImageConfig(data, model, epochs, batchSize, learningRate, weightDecay, augment, seed);
        }
    }

    @Override public String name() { return "image-folder"; }

    @Override public String description() {
        return "Your own images: data=<folder> with train/<class>/ and test/<class>/";
    }

    @Override public Config defaults() {
        return new Config("", 64, Network.RESNET18, 10, 32, 1e-3, 0.01, true, 1337);
    }

    /** Lists the files, as the number of classes is among them; decodes none. */
    @Override public Job<?> job(Config config) {
        if (config.data.isEmpty()) {
            throw new IllegalArgumentException("data: expected a folder with train/<class>/ and test/<class>/ in it."
                    + " Received none; add data=<folder>.");
        }
        int side = config.imageSize;
        ImageData data = ImageFolder.split(Path.of(config.data), Normalize.IMAGENET)
                .prepare(Resize.shorterSide(side).then(new CenterCrop(side)));
        return new ImageJob(config.training(), new ImageJob.Input(side, Normalize.IMAGENET, data.classes()),
                () -> data, Transform.of(new RandomCrop(side, side / 8), new RandomFlip(), ColorJitter.of(0.2)));
    }
}
