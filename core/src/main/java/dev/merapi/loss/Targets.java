package dev.merapi.loss;

import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.regex.Pattern;

/** Checks of predictions and targets, with messages that say what to do. */
final class Targets {
    private static final Pattern OUT_OF_BOUNDS = Pattern.compile("Target (-?\\d+) is out of bounds");

    private Targets() {}

    static void sameShape(Tensor prediction, Tensor target, String where) {
        long[] p = prediction.shape(), t = target.shape();
        if (Arrays.equals(p, t)) return;
        boolean column = p.length == t.length + 1 && p[t.length] == 1 && Arrays.equals(p, 0, t.length, t, 0, t.length);
        throw new IllegalArgumentException(where + ": expected a target of the prediction's shape " + Shapes.toString(p)
                + ". Received " + Shapes.toString(t) + (column ? "; call squeeze(-1) on the prediction."
                        : "; reshape one of them."));
    }

    /** Of the prediction's shape, which would else be broadcast, and with values that a gradient can be taken at. */
    static void numbers(Tensor prediction, Tensor target, String where) {
        floating(target, where);
        sameShape(prediction, target, where);
    }

    static void floating(Tensor target, String where) {
        if (!target.dtype().isFloating()) {
            throw new IllegalArgumentException(where + ": expected a floating-point target. Received "
                    + target.describe() + "; call to(DType.FLOAT32).");
        }
    }

    /** Class ids (B, …) for scores (B, C, …), or one id () for (C). */
    static void classIds(Tensor scores, Tensor ids, String where) {
        if (!ids.dtype().isInteger()) {
            throw new IllegalArgumentException(where + ": expected class ids as integers. Received " + ids.describe()
                    + "; call to(DType.INT64).");
        }
        long[] expected = scores.shape();
        if (expected.length == 0) {
            throw new IllegalArgumentException(where + ": expected scores of shape (B, C, …). Received a 0-d tensor.");
        }
        expected = expected.length == 1 ? new long[0] : without(expected, 1);
        if (!Arrays.equals(expected, ids.shape())) {
            throw new IllegalArgumentException(where + ": expected class ids of shape " + Shapes.toString(expected)
                    + " for scores of shape " + Shapes.toString(scores.shape()) + " = (B, C, …). Received "
                    + Shapes.toString(ids.shape()));
        }
    }

    private static long[] without(long[] shape, int dim) {
        var rest = new long[shape.length - 1];
        for (int i = 0; i < rest.length; i++) rest[i] = shape[i < dim ? i : i + 1];
        return rest;
    }

    /** Says which number is none from 0 to 1, where the engine only says that one is. */
    static RuntimeException fromZeroToOne(IllegalArgumentException e, Tensor prediction, Tensor target) {
        for (boolean ofTarget : new boolean[] {false, true}) {
            double[] all = (ofTarget ? target : prediction).detach().toDoubles();
            for (double value : all) {
                if (value >= 0 && value <= 1) continue;
                return new IllegalArgumentException("Bce: expected probabilities from 0 to 1 as "
                        + (ofTarget ? "targets" : "predictions") + ". Received " + value
                        + (ofTarget ? "" : "; for scores there is BceWithLogits."), e);
            }
        }
        return e;
    }

    /** As below, where nothing is ignored. */
    static RuntimeException outOfRange(IllegalArgumentException e, Tensor ids, long classes, String where) {
        return Arrays.stream(ids.toLongs()).filter(id -> id < 0 || id >= classes).boxed().findFirst()
                .<RuntimeException>map(id -> new IllegalArgumentException(where + ": expected class ids from 0 to "
                        + (classes - 1) + ". Received " + id + " for " + classes + " classes.", e)).orElse(e);
    }

    /** Says which class id is too large, where the engine only says that one is. */
    static RuntimeException outOfRange(IllegalArgumentException e, long classes, long ignored, String where) {
        var found = OUT_OF_BOUNDS.matcher(String.valueOf(e.getMessage()));
        if (!found.find()) return e;
        return new IllegalArgumentException(where + ": expected class ids from 0 to " + (classes - 1) + ", or "
                + ignored + " to be ignored. Received " + found.group(1) + " for " + classes + " classes.", e);
    }
}
