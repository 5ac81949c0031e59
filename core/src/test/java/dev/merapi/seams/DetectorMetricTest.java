package dev.merapi.seams;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.metric.Accuracy;
import dev.merapi.metric.Metric;
import dev.merapi.nn.Linear;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import dev.merapi.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Evaluation by boxes, of which each image has as many as it has, and without a loss. */
class DetectorMetricTest {
    private record Box(double left, double top, double right, double bottom) {
        double area() { return Math.max(0, right - left) * Math.max(0, bottom - top); }

        double overlap(Box other) { // intersection over union
            double both = new Box(Math.max(left, other.left), Math.max(top, other.top), Math.min(right, other.right),
                    Math.min(bottom, other.bottom)).area();
            return both / (area() + other.area() - both);
        }
    }

    /** The share of true boxes that a predicted one covers by half. */
    private static final class BoxRecall implements Metric<List<List<Box>>, List<List<Box>>> {
        private long found;
        private long count;

        @Override public String name() { return "box_recall"; }

        @Override public void update(List<List<Box>> predictions, List<List<Box>> targets) {
            for (int image = 0; image < targets.size(); image++) {
                var predicted = predictions.get(image);
                for (var box : targets.get(image)) {
                    if (predicted.stream().anyMatch(p -> p.overlap(box) >= 0.5)) found++;
                    count++;
                }
            }
        }

        @Override public double[] state() { return new double[] {found, count}; }

        @Override public void merge(double... state) {
            found += (long) state[0];
            count += (long) state[1];
        }

        @Override public double value() { return (double) found / count; }

        @Override public void reset() { found = count = 0; }
    }

    /** Says the box (0, 0, w, 1) for each image x = w; the truth of image i is i unit boxes, the first at 0. */
    private record Detector(Linear model, List<Metric<?, ?>> metrics) implements Task<Batch> {
        @Override public Pass forward(Batch batch) { throw new UnsupportedOperationException("not for evaluation"); }

        @Override public Pass evaluate(Batch batch) {
            var predictions = new ArrayList<List<Box>>();
            var targets = new ArrayList<List<Box>>();
            long[] counts = batch.y().toLongs();
            double[] widths = model.forward(batch.x()).toDoubles();
            for (int i = 0; i < counts.length; i++) {
                predictions.add(List.of(new Box(0, 0, widths[i], 1)));
                var boxes = IntStream.range(0, (int) counts[i]).mapToObj(k -> new Box(2 * k, 0, 2 * k + 1, 1));
                targets.add(boxes.toList());
            }
            return Pass.measured(predictions, targets);
        }
    }

    private static Loader<Batch> images() { // widths; how many boxes there are
        return Loader.of(Dataset.of(Tensor.of(new float[] {1, 0.6f, 0.4f, 1.9f, 2.1f}, 5, 1),
                Tensor.of(new long[] {1, 2, 1, 0, 3})), 2).workers(0);
    }

    private static Linear identity() {
        var model = new Linear(1, 1);
        try (var _ = Torch.noGrad()) {
            model.params().get("weight").fill_(1);
            model.params().get("bias").fill_(0);
        }
        return model;
    }

    @Test void imagesAreMeasuredByTheirBoxes() {
        var values = Trainer.of(new Detector(identity(), List.of(new BoxRecall()))).evaluate(images());
        assertEquals(Map.of("box_recall", 2 / 7.), values); // of 1, of 2 the first; 0.4 and 2.1 miss; no loss
    }

    @Test void aMetricOfOtherTypesIsNamed() {
        var trainer = Trainer.of(new Detector(identity(), List.of(new Accuracy())));
        assertEquals("accuracy: expected the types of predictions and targets that this metric takes. Received"
                + " ArrayList and ArrayList from Detector; give it other metrics, or override evaluate.",
                assertThrows(IllegalArgumentException.class, () -> trainer.evaluate(images())).getMessage());
    }
}
