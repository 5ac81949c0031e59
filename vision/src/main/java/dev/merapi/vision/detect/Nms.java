package dev.merapi.vision.detect;

import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Non-maximum suppression: of boxes that overlap, the one with the highest score is kept. The work is done in Java, on
 * the host: its steps depend on one another.
 *
 * <pre>{@code
 * Tensor kept = Nms.byClass(boxes, scores, labels, 0.5);         // positions, the best first
 * Tensor best = boxes.indexSelect(0, kept);
 * }</pre>
 */
public final class Nms {
    /** Positions of boxes that are left, the best first, and the scores that they are left with. */
    public record Soft(Tensor indices, Tensor scores) {}

    private Nms() {}

    /**
     * Drops each box whose intersection over union with a better one that is kept is above a threshold; as
     * {@code torchvision.ops.nms}.
     *
     * @param boxes (N, 4)
     * @param scores (N)
     * @return positions of what is kept, int64, the best first; of equal scores the earlier
     */
    public static Tensor plain(Tensor boxes, Tensor scores, double threshold) {
        return byClass(boxes, scores, null, threshold);
    }

    /**
     * As {@link #plain}, but boxes of other classes do not drop each other.
     *
     * @param labels (N), integers
     */
    public static Tensor byClass(Tensor boxes, Tensor scores, Tensor labels, double threshold) {
        check(boxes, scores, labels);
        return Tensor.of(kept(boxes.toFloats(), scores.toFloats(), labels == null ? null : labels.toLongs(),
                threshold));
    }

    /** Of sides by fours. */
    static long[] kept(float[] boxes, float[] scores, long[] labels, double threshold) {
        int[] order = order(scores);
        var dropped = new boolean[scores.length];
        var kept = IntStream.builder();
        for (int i = 0; i < order.length; i++) {
            int best = order[i];
            if (dropped[best]) continue;
            kept.add(best);
            for (int j = i + 1; j < order.length; j++) {
                int other = order[j];
                if (dropped[other] || labels != null && labels[best] != labels[other]) continue;
                dropped[other] = iou(boxes, best, other) > threshold;
            }
        }
        return kept.build().asLongStream().toArray();
    }

    /**
     * Lowers the score of a box by how much better ones overlap it, instead of dropping it: times exp(-iou² / sigma)
     * for each (Bodla et al. 2017, "Soft-NMS", arXiv:1704.04503).
     *
     * @param labels (N) if boxes of other classes shall not lower each other's scores, else null
     * @param sigma such as 0.5; the smaller, the lower
     * @param minScore what falls below is dropped
     */
    public static Soft soft(Tensor boxes, Tensor scores, Tensor labels, double sigma, double minScore) {
        check(boxes, scores, labels);
        if (!(sigma > 0)) throw new IllegalArgumentException("Nms.soft: expected a sigma above 0. Received " + sigma);
        float[] sides = boxes.toFloats();
        float[] left = scores.toFloats();
        long[] classes = labels == null ? null : labels.toLongs();
        var open = new boolean[left.length];
        Arrays.fill(open, true);
        var indices = IntStream.builder();
        var values = new float[left.length];
        int count = 0;
        for (int best = best(left, open); best >= 0 && left[best] >= minScore; best = best(left, open)) {
            open[best] = false;
            indices.add(best);
            values[count++] = left[best];
            for (int other = 0; other < left.length; other++) {
                if (!open[other] || classes != null && classes[best] != classes[other]) continue;
                double iou = iou(sides, best, other);
                left[other] *= (float) Math.exp(-iou * iou / sigma);
            }
        }
        return new Soft(Tensor.of(indices.build().asLongStream().toArray()), Tensor.of(Arrays.copyOf(values, count)));
    }

    private static int best(float[] scores, boolean[] open) {
        int best = -1;
        for (int i = 0; i < scores.length; i++) if (open[i] && (best < 0 || scores[i] > scores[best])) best = i;
        return best;
    }

    private static int[] order(float[] scores) {
        return IntStream.range(0, scores.length).boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[i])) // stable
                .mapToInt(Integer::intValue).toArray();
    }

    private static double iou(float[] boxes, int i, int j) {
        int a = 4 * i, b = 4 * j;
        double w = Math.min(boxes[a + 2], boxes[b + 2]) - Math.max(boxes[a], boxes[b]);
        double h = Math.min(boxes[a + 3], boxes[b + 3]) - Math.max(boxes[a + 1], boxes[b + 1]);
        if (w <= 0 || h <= 0) return 0;
        return w * h / (area(boxes, a) + area(boxes, b) - w * h);
    }

    private static double area(float[] boxes, int at) {
        return (double) (boxes[at + 2] - boxes[at]) * (boxes[at + 3] - boxes[at + 1]);
    }

    private static void check(Tensor boxes, Tensor scores, Tensor labels) {
        long n = boxes.rank() == 2 ? boxes.size(0) : -1;
        boolean fits = scores.rank() == 1 && scores.size(0) == n
                && (labels == null || labels.rank() == 1 && labels.size(0) == n);
        if (!fits) {
            throw new IllegalArgumentException("Nms: expected boxes (N, 4) with N scores"
                    + (labels == null ? "" : " and labels") + ". Received " + Shapes.toString(boxes.shape()) + ", "
                    + Shapes.toString(scores.shape())
                    + (labels == null ? "" : " and " + Shapes.toString(labels.shape())));
        }
        Boxes.check(boxes, "Nms");
    }
}
