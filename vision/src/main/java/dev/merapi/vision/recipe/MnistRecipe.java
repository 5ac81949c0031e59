package dev.merapi.vision.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.data.Mnist;
import dev.merapi.vision.transform.ImageProcessor;
import dev.merapi.vision.transform.RandomCrop;
import java.nio.file.Path;

/** Handwritten digits. */
public final class MnistRecipe implements Recipe<ImageConfig> {
    @Override public String name() { return "mnist"; }

    @Override public String description() {
        return "MNIST, Keras's convnet of 34,826 parameters (12 MB, downloaded once, or data=<folder>)";
    }

    /** Keras's batch size, without its validation split. */
    @Override public ImageConfig defaults() {
        return new ImageConfig("", Network.CONVNET, 10, 128, ImageConfig.Descent.ADAMW, 1e-3, 0, false, 1337);
    }

    @Override public Job<?> job(ImageConfig config) {
        return job(config, new ImageProcessor(28, Normalize.MNIST, Mnist.CLASSES));
    }

    @Override public Job<?> job(ImageConfig config, Path run) { return job(config, ImageProcessor.open(run)); }

    private static Job<?> job(ImageConfig config, ImageProcessor processor) {
        return new ImageJob(config, processor,
                () -> config.data().isEmpty() ? Mnist.full() : Mnist.full(Path.of(config.data())),
                new RandomCrop(processor.size(), 2));
    }
}
