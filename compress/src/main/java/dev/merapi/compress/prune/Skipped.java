package dev.merapi.compress.prune;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/** Stands where a layer was left out: y = x. */
public final class Skipped extends Layer implements Unary {
    @Override public Tensor forward(Tensor x) { return x; }
}
