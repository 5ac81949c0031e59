package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** How a new parameter gets its first values. */
@FunctionalInterface
public interface Init {
    /** Fills {@code t} in place and returns it. */
    Tensor fill(Tensor t);

    static Init zeros() { return Tensor::zero_; }

    static Init ones() { return constant(1); }

    static Init constant(double value) { return t -> t.fill_(value); }

    static Init uniform(double low, double high) { return t -> t.uniform_(low, high); }

    static Init normal(double mean, double std) { return t -> t.normal_(mean, std); }
}
