package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * Layers one after the other, named 0, 1, …; a function such as {@code Activation.GELU} is one too, without
 * state.
 */
public final class Sequential extends Layer implements Unary {
    @Name("") final List<Unary> layers;

    public Sequential(Unary... layers) { this.layers = List.of(layers); }

    public Sequential(List<? extends Unary> layers) { this.layers = List.copyOf(layers); }

    @Override public Tensor forward(Tensor x) {
        Tensor y = x;
        for (int i = 0; i < layers.size(); i++) y = Trace.child(this, i, layers.get(i), layers.get(i).forward(y));
        return y;
    }
}
