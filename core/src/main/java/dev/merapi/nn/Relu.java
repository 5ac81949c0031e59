package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** y = max(0, x) for any shape; the other activations are in {@link Activation}. Nair and Hinton 2010. */
public final class Relu extends Layer implements Unary {
    @Override public Tensor forward(Tensor x) { return hooked(x.relu(), x); }
}
