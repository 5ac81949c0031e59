package dev.merapi.vision.recipe;

import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.tensor.Expect;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.data.OnError;
import dev.merapi.vision.data.OpenSet;
import dev.merapi.vision.embed.EmbeddingModel;
import dev.merapi.vision.embed.EmbeddingTask;
import dev.merapi.vision.transform.ImageProcessor;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Pictures as vectors, to find those of the same thing again; measured on classes that were not learnt from. */
public final class EmbeddingRecipe implements Recipe<EmbeddingRecipe.Config> {
    /** What teaches. */
    public enum Objective {
        /** {@link dev.merapi.loss.ArcFace}: each class has a direction. */
        ARCFACE,
        /** {@link dev.merapi.vision.embed.BatchHard}: pictures are compared with each other. */
        TRIPLET
    }

    /** Settings. */
    public record Config(
            @Describe("folder with one for each class, or train and test with such; empty for Fashion-MNIST's subset")
            String data,
            @Describe("part of the classes to test on, where there is no train and test") double testFraction,
            @Describe("what to do about a damaged picture: fail, or skip it and say so") OnError onError,
            @Describe("side of the square that every image is brought to") int imageSize,
            @Describe("the network that it stands on") Body backbone,
            @Describe("length of a vector") int width,
            @Describe("what teaches: arcface or triplet") Objective loss,
            @Describe("of arcface an angle in radians, of triplet a distance of 0 to 2") double margin,
            @Describe("of arcface's logits") double scale,
            @Describe("images of each class in a step of triplet") int perClass,
            @Describe("passes over the training images") int epochs,
            @Describe("images in a step") int batchSize,
            @Describe("after a tenth of the first pass") double learningRate,
            @Describe("as a part of the learning rate") double weightDecay,
            @Describe("whether training images are changed at random") boolean augment,
            @Describe("of the first weights, the order and the augmentation") long seed) {
        public Config {
            Expect.that(testFraction > 0 && testFraction < 1, "test_fraction", "between 0 and 1", testFraction);
            Expect.that(imageSize >= 32 && imageSize % 32 == 0, "image_size", "a multiple of 32", imageSize);
            Expect.atLeast("width", 2, width);
            Expect.positive("margin", margin);
            Expect.positive("scale", scale);
            Expect.atLeast("per_class", 2, perClass);
            Expect.atLeast("epochs", 1, epochs);
            Expect.atLeast("batch_size", 2, batchSize);
            Expect.positive("learning_rate", learningRate);
            Expect.atLeast("weight_decay", 0, weightDecay);
        }
    }

    @Override public String name() { return "image-embedding"; }

    @Override public String description() {
        return "Pictures as vectors, near each other where they show the same: data=<folder> with a folder for each"
                + " class, or clothes";
    }

    @Override public Config defaults() {
        return new Config("", 0.2, OnError.FAIL, 64, Body.SMALL, 128, Objective.ARCFACE, 0.3, 32, 4, 10, 64, 1e-3,
                0.01, true, 1337);
    }

    /** Lists the classes, as arcface's weights depend on their number. */
    @Override public Job<?> job(Config config) {
        var data = data(config);
        return job(config, new ImageProcessor(config.imageSize, Normalize.IMAGENET, data.classes()), () -> data);
    }

    @Override public Job<?> job(Config config, Path run) {
        return job(config, ImageProcessor.open(run), () -> data(config));
    }

    private static OpenSet data(Config config) {
        if (config.data.isEmpty()) return OpenSet.fashion();
        return OpenSet.of(DataFolder.existing(config.data), config.testFraction, config.seed, config.onError);
    }

    private static Job<?> job(Config config, ImageProcessor processor, Supplier<OpenSet> data) {
        return new EmbeddingJob(config, processor, data, () -> {
            var model = new EmbeddingModel(config.backbone.fresh(), config.width);
            return new EmbeddingJob.Kind(model, config.loss == Objective.TRIPLET
                    ? EmbeddingTask.triplet(model, config.margin)
                    : EmbeddingTask.arcFace(model, processor.labels().size(), config.margin, config.scale));
        });
    }
}
