package dev.merapi.metric;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/** Shapes that the metrics of classification agree on. */
final class Labels {
    private Labels() {}

    /** True for predictions of two classes by one logit: of the target's shape, or with a last dimension of 1. */
    static boolean isBinary(String metric, Tensor prediction, Tensor target) {
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

    /** The predicted classes, int64 of the target's shape. */
    static Tensor predicted(String metric, Tensor prediction, Tensor target) {
        return isBinary(metric, prediction, target)
                ? prediction.gt(0).to(DType.INT64).reshape(target.shape())
                : prediction.argmax(-1);
    }
}
