package dev.merapi.vision.model;

import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Name;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/** Normalises the channels of each pixel. Shapes: x (N, C, H, W) to the same. */
final class LayerNorm2d extends Layer implements Unary {
    @Name("") Unary norm;

    LayerNorm2d(int channels, double eps) { norm = new LayerNorm(channels, eps); }

    @Override public Tensor forward(Tensor x) { return hooked(toFirst(norm.forward(toLast(x))), x); }

    /** (N, C, H, W) to (N, H, W, C). */
    static Tensor toLast(Tensor x) { return x.permute(0, 2, 3, 1); }

    /** (N, H, W, C) to (N, C, H, W). */
    static Tensor toFirst(Tensor x) { return x.permute(0, 3, 1, 2); }
}
