package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * Layers one after the other, named 0, 1, …; a function such as {@code Activation.GELU} is one too, without
 * state. A {@link MaxPool2d} runs before the {@link Relu} in front of it, and a ReLU overwrites its input, where that
 * changes no value and no gradient.
 */
public final class Sequential extends Layer implements Unary {
    @Name("") final List<Unary> layers;
    private final transient List<Unary> faster;

    public Sequential(Unary... layers) { this(List.of(layers)); }

    public Sequential(List<? extends Unary> layers) {
        this.layers = List.copyOf(layers);
        this.faster = Rewrite.faster(this.layers);
    }

    @Override public Tensor forward(Tensor x) {
        if (Trace.isOn()) return asWritten(x);
        Tensor y = x;
        for (Unary layer : faster) y = layer.forward(y);
        return y;
    }

    private Tensor asWritten(Tensor x) {
        Tensor y = x;
        for (int i = 0; i < layers.size(); i++) y = Trace.child(this, i, layers.get(i), layers.get(i).forward(y));
        return y;
    }
}
