package dev.merapi.vision.segment;

import dev.merapi.metric.ConfusionMatrix;
import dev.merapi.metric.Metric;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How well masks agree: the intersection over union of each class's pixels, over all images, averaged over the classes
 * that occur in targets or predictions. Shapes: logits (…, C), class ids (…); those of -100 do not count.
 */
public final class MeanIou implements Metric<Tensor, Tensor> {
    private final int classes;
    private final double[] pixels; // of each class, of both masks, and then of either

    /** @throws IllegalArgumentException for fewer than two classes */
    public MeanIou(int classes) {
        this.classes = new ConfusionMatrix(classes).classes(); // its check
        pixels = new double[2 * classes];
    }

    @Override public String name() { return "mean_iou"; }

    @Override public void update(Tensor prediction, Tensor target) {
        var batch = new ConfusionMatrix(classes);
        batch.update(prediction, target);
        for (int c = 0; c < classes; c++) {
            pixels[c] += batch.truePositives(c);
            pixels[classes + c] += batch.support(c) + batch.predictions(c) - batch.truePositives(c);
        }
    }

    @Override public double[] state() { return pixels.clone(); }

    @Override public void merge(double... state) {
        Metric.expectState(this, pixels.length, state);
        for (int i = 0; i < pixels.length; i++) pixels[i] += state[i];
    }

    @Override public double value() {
        return IntStream.range(0, classes).mapToDouble(this::iou).filter(iou -> !Double.isNaN(iou)).average()
                .orElse(Double.NaN);
    }

    /** Of one class; NaN where it occurs neither in targets nor in predictions. */
    public double iou(int label) { return pixels[label] / pixels[classes + label]; }

    @Override public void reset() { Arrays.fill(pixels, 0); }
}
