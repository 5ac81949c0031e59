package dev.merapi.metric;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/**
 * A batch in the form that the metrics of classification work on: places without a target left out.
 *
 * @param prediction (n, C), or (n) where binary
 * @param labels (n), int64
 * @param binary two classes by one logit
 */
record Labels(Tensor prediction, Tensor labels, boolean binary) {
    /** The target that marks a place without one, such as padding; as in PyTorch's losses. */
    static final long IGNORE = -100;

    static Labels of(String metric, Tensor prediction, Tensor target, long ignore) {
        boolean binary = isBinary(metric, prediction, target);
        var labels = target.to(DType.INT64).flatten();
        var flat = prediction.detach().reshape(binary ? new long[] {-1} : new long[] {-1, prediction.size(-1)});
        var counted = labels.ne(ignore);
        if (counted.all().itemBoolean()) return new Labels(flat, labels, binary);
        var places = counted.nonzero().squeeze(1);
        return new Labels(flat.indexSelect(0, places), labels.indexSelect(0, places), binary);
    }

    /** True for predictions of the target's shape, or with a last dimension of 1 besides. */
    private static boolean isBinary(String metric, Tensor prediction, Tensor target) {
        long[] p = prediction.shape();
        long[] t = target.shape();
        if (Arrays.equals(p, t)) return true;
        boolean fits = p.length == t.length + 1 && Arrays.equals(p, 0, t.length, t, 0, t.length);
        if (!fits) {
            throw new IllegalArgumentException(metric + ": expected predictions (…, classes) and targets (…), or both"
                    + " (…) for two classes. Received shapes " + Shapes.toString(p) + " and " + Shapes.toString(t));
        }
        return p[t.length] == 1;
    }

    long count() { return labels.numel(); }

    int classes() { return binary ? 2 : (int) prediction.size(1); }

    /**
     * This batch, for a metric that would take a wrong class for another one.
     *
     * @throws IllegalArgumentException for a class that is none of {@link #classes}
     */
    Labels inRange(String metric) {
        if (count() == 0) return this;
        long low = labels.min().itemLong(), high = labels.max().itemLong();
        if (low >= 0 && high < classes()) return this;
        throw new IllegalArgumentException(metric + ": expected classes from 0 to " + (classes() - 1) + ". Received "
                + (low < 0 ? low : high));
    }

    /** The predicted classes (n), int64. */
    Tensor predicted() { return binary ? prediction.gt(0).to(DType.INT64) : prediction.argmax(-1); }
}
