package dev.merapi.vision.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.vision.data.FashionMnist;
import dev.merapi.vision.transform.ImageProcessor;
import java.nio.file.Path;

/** Clothes, all 70,000. */
public final class FashionFullRecipe implements Recipe<ImageConfig> {
    @Override public String name() { return "fashion-full"; }

    @Override public String description() {
        return "Fashion-MNIST, all 60,000 images (30 MB, downloaded once, or data=<folder>)";
    }

    @Override public ImageConfig defaults() {
        return new ImageConfig("", Network.BATCH_NORM_CNN, 8, 128, ImageConfig.Descent.ADAMW, 3e-3, 0.01, true, 1337);
    }

    @Override public Job<?> job(ImageConfig config) {
        return FashionRecipe.job(config, FashionRecipe.PROCESSOR, FashionMnist::full);
    }

    @Override public Job<?> job(ImageConfig config, Path run) {
        return FashionRecipe.job(config, ImageProcessor.open(run), FashionMnist::full);
    }
}
