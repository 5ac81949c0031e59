package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.List;

/** Layers one after the other, named 0, 1, … */
public final class Sequential extends Layer implements Unary {
    @Name("") final List<Unary> layers;

    public Sequential(Unary... layers) { this.layers = List.of(layers); }

    @Override public Tensor forward(Tensor x) {
        Tensor y = x;
        for (Unary layer : layers) y = layer.forward(y);
        return y;
    }
}
