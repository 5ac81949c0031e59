package dev.merapi.vision.data;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.vision.LabeledImage;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.transform.ImageProcessor;
import dev.merapi.vision.transform.Transform;
import java.util.List;

/**
 * Labelled images to train and to test with, and how they become tensors.
 *
 * @param classes names, in the order of the labels
 * @param normalize from pixels to numbers
 * @param train images to learn from, with their augmentation
 * @param test images to measure with
 * @param skipped what is wrong with those that were left out, each with its file
 */
public record ImageData(List<String> classes, Normalize normalize, Dataset<LabeledImage> train,
        Dataset<LabeledImage> test, List<String> skipped) {
    public ImageData {
        classes = List.copyOf(classes);
        skipped = List.copyOf(skipped);
    }

    /** With none left out. */
    public ImageData(List<String> classes, Normalize normalize, Dataset<LabeledImage> train,
            Dataset<LabeledImage> test) {
        this(classes, normalize, train, test, List.of());
    }

    static ImageData of(List<String> classes, Normalize normalize, Dataset<LabeledImage> train,
            Dataset<LabeledImage> test) {
        return new ImageData(classes, normalize, train, test);
    }

    /** Changes every image by a transform without chance, such as a resize. */
    public ImageData prepare(Transform transform) {
        return new ImageData(classes, normalize, transformed(train, transform), transformed(test, transform), skipped);
    }

    /**
     * Images as a model sees them, whose classes they have to have.
     *
     * @throws IllegalArgumentException if they have others
     */
    public ImageData prepare(ImageProcessor processor) {
        if (!classes.equals(processor.labels())) {
            throw new IllegalArgumentException("data: expected the classes that the run has learnt, "
                    + processor.labels() + ". Received " + classes + "; has the folder changed?");
        }
        var prepared = prepare((image, _) -> processor.fit(image));
        return new ImageData(classes, processor.normalize(), prepared.train, prepared.test, skipped);
    }

    /** Changes training images at random. */
    public ImageData augment(Transform transform) {
        return new ImageData(classes, normalize, transformed(train, transform), test, skipped);
    }

    private static Dataset<LabeledImage> transformed(Dataset<LabeledImage> images, Transform transform) {
        return images.augment((sample, random) ->
                new LabeledImage(transform.apply(sample.image(), random), sample.label()));
    }

    /** Training batches, in an order that follows from the seed 0 and the epoch. */
    public Loader<Batch> train(int batchSize) { return train(batchSize, 0); }

    /**
     * Training batches: x (N, C, H, W) float32 and y (N) int64; order and augmentation follow from the seed. A last
     * image that would be alone joins the batch before, as batch norm refuses one.
     */
    public Loader<Batch> train(int batchSize, long seed) {
        return Loader.of(new ImageBatches(train, normalize), batchSize).shuffle(seed).joinSingle();
    }

    /** Test batches in the files' order, as they are. */
    public Loader<Batch> test(int batchSize) { return Loader.of(new ImageBatches(test, normalize), batchSize); }
}
