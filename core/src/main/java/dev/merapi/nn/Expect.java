package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;

/**
 * What a layer expects of its input: cheap checks that say where, what was expected and what was received.
 */
final class Expect {
    private static final String[] AXES = {"", "", "", "L", "H, W", "D, H, W"};

    private Expect() {}

    /** x (…, size). */
    static Tensor last(Layer layer, Tensor x, long size) {
        int rank = x.rank();
        if (rank == 0 || x.size(-1) != size) {
            long[] shape = x.shape();
            boolean flat = rank > 2 && Shapes.numel(shape) == size * shape[0];
            throw wrong(layer, "last dim " + size, x, flat ? "; put a Flatten before it." : ".");
        }
        return x;
    }

    /** x (N, channels, …) of a rank. */
    static Tensor channels(Layer layer, Tensor x, int rank, long channels) {
        if (x.rank() != rank || x.size(1) != channels) {
            String axes = AXES[rank].isEmpty() ? "" : ", " + AXES[rank];
            String hint = x.rank() == rank - 1 ? "; add the missing dimension with unsqueeze." : ".";
            throw wrong(layer, "x of shape (N, " + channels + axes + ")", x, hint);
        }
        return x;
    }

    /** x of a rank. */
    static Tensor rank(Layer layer, Tensor x, int rank) {
        if (x.rank() != rank) throw wrong(layer, "x of shape (N, C, " + AXES[rank] + ")", x, ".");
        return x;
    }

    /** x (N, channels) or (N, channels, …). */
    static Tensor channels(Layer layer, Tensor x, long channels) {
        if (x.rank() < 2 || x.size(1) != channels) {
            throw wrong(layer, "x of shape (N, " + channels + ", …)", x, ".");
        }
        return x;
    }

    /** Why looking up ids failed. */
    static IllegalArgumentException ids(Layer layer, Tensor ids, long count, IllegalArgumentException cause) {
        boolean whole = ids.dtype() == DType.INT64 || ids.dtype() == DType.INT32;
        if (!whole) {
            return new IllegalArgumentException(layer.path() + ": expected ids of int64 or int32. Received "
                    + ids.dtype() + "; convert them with to(DType.INT64).", cause);
        }
        try (var _ = Scope.open()) {
            long low = ids.min().itemLong();
            long high = ids.max().itemLong();
            if (low >= 0 && high < count) return cause;
            return new IllegalArgumentException(layer.path() + ": expected ids from 0 to " + (count - 1)
                    + ". Received " + (low < 0 ? low : high) + ".", cause);
        }
    }

    static IllegalArgumentException wrong(Layer layer, String expected, Tensor x, String hint) {
        return new IllegalArgumentException(layer.path() + ": expected " + expected + ". Received x of shape "
                + Shapes.toString(x.shape()) + hint);
    }

    /** A configuration value. */
    static void argument(boolean ok, String where, String expected, Object received) {
        if (!ok) throw new IllegalArgumentException(where + ": expected " + expected + ". Received " + received + ".");
    }
}
