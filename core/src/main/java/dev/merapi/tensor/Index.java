package dev.merapi.tensor;

/**
 * One entry of an index expression, as inside PyTorch's brackets.
 *
 * <pre>{@code
 * import static dev.merapi.tensor.Index.*;
 *
 * x.get(at(0), all(), slice(1, -1));   // x[0, :, 1:-1], a view
 * x.get(ellipsis(), newAxis());        // x[..., None], a view
 * x.get(by(x.gt(0)));                  // x[x > 0], a copy
 * x.set_(0, all(), at(-1));            // x[:, -1] = 0
 * }</pre>
 *
 * Positions count from 0, or from the end with negative numbers. Dimensions that no entry names are taken whole.
 */
public sealed interface Index {
    /** One position, whose dimension goes away. */
    static Index at(long position) { return new At(position); }

    /** Positions {@code from} (included) to {@code to} (excluded); bounds beyond the ends are moved to them. */
    static Index slice(long from, long to) { return slice(from, to, 1); }

    /** Every {@code step}-th position from {@code from} (included) to {@code to} (excluded). */
    static Index slice(long from, long to, long step) { return new Slice(from, to, step); }

    /** All positions from {@code from} on. */
    static Index from(long from) { return slice(from, Long.MAX_VALUE); }

    /** All positions before {@code to}. */
    static Index to(long to) { return slice(0, to); }

    /** A dimension as it is. */
    static Index all() { return slice(0, Long.MAX_VALUE); }

    /** As many whole dimensions as the other entries leave over; at most once. */
    static Index ellipsis() { return new Ellipsis(); }

    /** A new dimension of size 1. */
    static Index newAxis() { return new NewAxis(); }

    /**
     * Positions in an int64 tensor, whose shape takes the place of the dimension; or a bool mask, whose dimensions are
     * replaced by one with the chosen elements. Several such entries go together, broadcast, element by element.
     */
    static Index by(Tensor positions) { return new By(positions); }

    /** See {@link Index#at}. */
    record At(long position) implements Index {
        @Override public String toString() { return "" + position; }
    }

    /** See {@link Index#slice(long, long, long)}. */
    record Slice(long from, long to, long step) implements Index {
        public Slice {
            if (step < 1) {
                throw new IllegalArgumentException("Index.slice: expected a step of at least 1. Received " + step
                        + "; Tensor.flip reverses a dimension.");
            }
        }

        @Override public String toString() {
            return (from == 0 ? "" : from) + ":" + (to == Long.MAX_VALUE ? "" : to) + (step == 1 ? "" : ":" + step);
        }
    }

    /** See {@link Index#ellipsis}. */
    record Ellipsis() implements Index {
        @Override public String toString() { return "..."; }
    }

    /** See {@link Index#newAxis}. */
    record NewAxis() implements Index {
        @Override public String toString() { return "None"; }
    }

    /** See {@link Index#by}. */
    record By(Tensor positions) implements Index {
        public By {
            DType type = positions.dtype();
            if (type != DType.INT64 && type != DType.BOOL) {
                throw new IllegalArgumentException("Index.by: expected an int64 or bool tensor. Received " + type
                        + "; convert it with to(DType.INT64).");
            }
        }

        /** How many dimensions of the indexed tensor it takes up. */
        int rank() { return positions.dtype() == DType.BOOL ? positions.rank() : 1; }

        @Override public String toString() { return positions.describe(); }
    }
}
