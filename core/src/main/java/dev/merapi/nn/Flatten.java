package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** Makes one dimension of several. Shapes: x (N, …) to y (N, features), unless other dimensions are given. */
public final class Flatten extends Layer implements Unary {
    private final int from;
    private final int to;

    /** All but the first. */
    public Flatten() { this(1, -1); }

    /** Dimensions {@code from} to {@code to}, both included; negative ones count from the end. */
    public Flatten(int from, int to) {
        this.from = from;
        this.to = to;
    }

    @Override public Tensor forward(Tensor x) { return hooked(x.flatten(from, to), x); }
}
