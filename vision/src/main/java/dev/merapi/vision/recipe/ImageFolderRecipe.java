package dev.merapi.vision.recipe;

import dev.merapi.io.Hub;
import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.data.ImageData;
import dev.merapi.vision.data.ImageFolder;
import dev.merapi.vision.data.OnError;
import dev.merapi.vision.transform.ColorJitter;
import dev.merapi.vision.transform.ImageProcessor;
import dev.merapi.vision.transform.RandomCrop;
import dev.merapi.vision.transform.RandomFlip;
import dev.merapi.vision.transform.Transform;
import java.nio.file.Path;
import java.util.List;

/**
 * A user's own pictures: {@code <class>/…}, or {@code train/<class>/…} and {@code test/<class>/…}; learnt from
 * nothing, or from a network that others have trained.
 */
public final class ImageFolderRecipe implements Recipe<ImageFolderRecipe.Config> {
    private static final int SIDE = 64;

    /** The settings, each described beside it. */
    public record Config(
            @Describe("folder with one for each class, or train and test with such") String data,
            @Describe("part of each class to test on, where there is no train and test") double testFraction,
            @Describe("what to do about a damaged picture: fail, or skip it and say so") OnError onError,
            @Describe("side of the square that every image is brought to; 0 for the pretrained network's, or 64")
            int imageSize,
            @Describe("the network, where none is pretrained") Network model,
            @Describe("folder or hub id of a network to begin with, such as microsoft/resnet-50") String pretrained,
            @Describe("whether its weights are left out, to compare") boolean fromScratch,
            @Describe("names of its parameters that stay as they are, such as [conv1.*, layer1.*]; the new head learns")
            List<String> freeze,
            @Describe("factors of the learning rate by names, such as [layer4.*=0.3, *=0.1]; the first that fits"
                    + " counts, and the new head has 1") List<String> rates,
            @Describe("passes over the training images") int epochs,
            @Describe("images in a step") int batchSize,
            @Describe("how weights follow gradients; sgd has a momentum of 0.9") ImageConfig.Descent optimizer,
            @Describe("at the start") double learningRate,
            @Describe("as a part of the learning rate") double weightDecay,
            @Describe("whether training images are changed at random") boolean augment,
            @Describe("of the first weights, the order, the augmentation and dropout") long seed) {
        public Config {
            freeze = List.copyOf(freeze);
            rates = List.copyOf(rates);
            Expect.atLeast("image_size", 0, imageSize);
            if (!(testFraction > 0 && testFraction < 1)) {
                throw new IllegalArgumentException("test_fraction: expected between 0 and 1. Received " + testFraction);
            }
            boolean transfers = !pretrained.isEmpty();
            Expect.that(transfers || freeze.isEmpty() && rates.isEmpty() && !fromScratch, "freeze, rates, from_scratch",
                    "a pretrained network that they are about", "none; add pretrained=<folder or hub id>");
            Expect.that(freeze.isEmpty() || !fromScratch, "freeze", "weights that were learnt", "from_scratch=true");
            new ImageConfig(data, model, epochs, batchSize, optimizer, learningRate, weightDecay, augment, seed);
        }

        /** Checked as those of other recipes are. */
        ImageConfig training() {
            return new ImageConfig(data, model, epochs, batchSize, optimizer, learningRate, weightDecay, augment, seed);
        }
    }

    @Override public String name() { return "image-folder"; }

    @Override public String description() {
        return "Your own images: data=<folder> with <class>/, or train/<class>/ and test/<class>/; pretrained=<folder>";
    }

    @Override public Config defaults() {
        return new Config("", 0.2, OnError.FAIL, 0, Network.RESNET18, "", false, List.of(), List.of(), 10, 32,
                ImageConfig.Descent.ADAMW, 1e-3, 0.01, true, 1337);
    }

    /** Lists the classes, as the model depends on their number. */
    @Override public Job<?> job(Config config) {
        Path folder = DataFolder.given(config.data);
        var classes = ImageFolder.classes(folder);
        DataFolder.expectTwo(folder, classes);
        Torch.seed(config.seed);
        if (!config.pretrained.isEmpty()) {
            return job(config, Transfer.of(config, Hub.usual().folder(config.pretrained), classes));
        }
        int side = config.imageSize == 0 ? SIDE : config.imageSize;
        return job(config, new ImageProcessor(side, Normalize.IMAGENET, classes));
    }

    @Override public Job<?> job(Config config, Path run) {
        if (!config.pretrained.isEmpty()) return job(config, Transfer.ofRun(config, run));
        return job(config, ImageProcessor.open(run));
    }

    private static Job<?> job(Config config, ImageProcessor processor) {
        return new ImageJob(config.training(), processor, () -> data(config, processor), augment(processor));
    }

    private static Job<?> job(Config config, Transfer transfer) {
        var processor = transfer.processor();
        return new ImageJob(config.training(), processor, () -> data(config, processor), augment(processor), transfer);
    }

    private static ImageData data(Config config, ImageProcessor processor) {
        return ImageFolder.split(Path.of(config.data), processor.normalize(), config.testFraction, config.seed,
                config.onError);
    }

    private static Transform augment(ImageProcessor processor) {
        int side = processor.size();
        return Transform.of(new RandomCrop(side, side / 8), new RandomFlip(), ColorJitter.of(0.2));
    }
}
