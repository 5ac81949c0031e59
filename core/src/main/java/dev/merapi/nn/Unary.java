package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** A map from one tensor to one tensor: what {@link Sequential} composes. */
@FunctionalInterface
public interface Unary {
    /** Applies this map; its class states the shapes. */
    Tensor forward(Tensor x);
}
