package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.function.Supplier;

/**
 * A function of {@link F} that ran with a weight, as {@link Hooks#operations} shows it: enough to write down the
 * gradients of weight and bias, for each sample of a batch, from the gradient of the result. The first axis of inputs
 * is the caller's, the batch as a rule.
 */
public sealed interface Operation {
    /** The parameter, or a tensor made from one. */
    Tensor weight();

    /** What is added, or null. */
    Tensor bias();

    /** y = x Wᵀ + b. Shapes: x (…, in), weight (out, in), bias (out) or null. */
    record Affine(Tensor x, Tensor weight, Tensor bias) implements Operation {}

    /**
     * {@link F#conv}. Shapes: x (N, in, L…) with all padding that is not of zeros on both sides alike, weight (out,
     * in / groups, kernel…), bias (out) or null.
     *
     * @param padding zeros on either side
     */
    record Convolution(Tensor x, Tensor weight, Tensor bias, long[] stride, long[] padding, long[] dilation, int groups)
            implements Operation {}

    /**
     * y = x · weight + bias for an x that was normalised first.
     *
     * @param normalized makes x again
     * @param channels whether weight and bias (C) are of x's axis 1, rather than of its last axes
     */
    record Scaling(Supplier<Tensor> normalized, Tensor weight, Tensor bias, boolean channels) implements Operation {}

    /**
     * Rows of a table. Shapes: ids (…), weight (count, dim).
     *
     * @param padding the id whose row gets no gradient, or -1
     */
    record Lookup(Tensor ids, Tensor weight, long padding) implements Operation {
        @Override public Tensor bias() { return null; }
    }
}
