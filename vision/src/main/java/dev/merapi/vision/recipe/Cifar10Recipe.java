package dev.merapi.vision.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.data.Cifar10;
import dev.merapi.vision.data.ImageData;
import dev.merapi.vision.data.ImageFolder;
import dev.merapi.vision.transform.ImageProcessor;
import dev.merapi.vision.transform.RandomCrop;
import dev.merapi.vision.transform.RandomFlip;
import dev.merapi.vision.transform.Transform;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small photos, from CIFAR-10's binary version or from a folder of image files. */
public final class Cifar10Recipe implements Recipe<ImageConfig> {
    @Override public String name() { return "cifar10"; }

    @Override public String description() {
        return "CIFAR-10 (170 MB, downloaded once; data=<folder> with the binary files, or train/ and test/ folders)";
    }

    @Override public ImageConfig defaults() {
        return new ImageConfig("", Network.CNN, 10, 64, ImageConfig.Descent.ADAMW, 1e-3, 0, false, 1337);
    }

    @Override public Job<?> job(ImageConfig config) {
        return job(config, new ImageProcessor(32, Normalize.CIFAR10, Cifar10.CLASSES));
    }

    @Override public Job<?> job(ImageConfig config, Path run) { return job(config, ImageProcessor.open(run)); }

    private static Job<?> job(ImageConfig config, ImageProcessor processor) {
        return new ImageJob(config, processor, () -> data(config),
                Transform.of(new RandomCrop(processor.size(), 4), new RandomFlip()));
    }

    private static ImageData data(ImageConfig config) {
        if (config.data().isEmpty()) return Cifar10.full();
        Path folder = Path.of(config.data());
        if (!Files.isDirectory(folder.resolve("train"))) return Cifar10.full(folder);
        return ImageFolder.split(folder, Normalize.CIFAR10, Cifar10.CLASSES);
    }
}
