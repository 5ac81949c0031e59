package dev.merapi.compress.quantize;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/** Where a layer was whose work the one before it does now: y = x. */
final class Folded extends Layer implements Unary {
    @Override public Tensor forward(Tensor x) { return hooked(x, x); }
}
