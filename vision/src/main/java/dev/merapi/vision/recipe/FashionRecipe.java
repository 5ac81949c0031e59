package dev.merapi.vision.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.data.FashionMnist;
import dev.merapi.vision.data.ImageData;
import dev.merapi.vision.transform.ImageProcessor;
import dev.merapi.vision.transform.RandomFlip;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Clothes, from the subset of Fashion-MNIST that comes with the library. */
public final class FashionRecipe implements Recipe<ImageConfig> {
    static final ImageProcessor PROCESSOR = new ImageProcessor(28, Normalize.FASHION_MNIST, FashionMnist.CLASSES);

    @Override public String name() { return "fashion"; }

    @Override public String description() {
        return "Fashion-MNIST, the 10,000 images that come with Merapi, or those in data=<folder>";
    }

    @Override public ImageConfig defaults() {
        return new ImageConfig("", Network.BATCH_NORM_CNN, 12, 128, ImageConfig.Descent.ADAMW, 3e-3, 0.01, true, 1337);
    }

    @Override public Job<?> job(ImageConfig config) { return job(config, PROCESSOR, FashionMnist::subset); }

    @Override public Job<?> job(ImageConfig config, Path run) {
        return job(config, ImageProcessor.open(run), FashionMnist::subset);
    }

    static Job<?> job(ImageConfig config, ImageProcessor processor, Supplier<ImageData> data) {
        return new ImageJob(config, processor,
                config.data().isEmpty() ? data : () -> FashionMnist.full(Path.of(config.data())), new RandomFlip());
    }
}
