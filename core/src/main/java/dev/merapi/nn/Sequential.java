package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Layers one after the other, named 0, 1, …; a function such as {@code Activation.GELU} is one too, without
 * state. A {@link MaxPool2d} runs before the {@link Relu} in front of it, and a ReLU overwrites its input, where that
 * changes no value and no gradient.
 */
public final class Sequential extends Layer implements Unary {
    @Name("") final List<Unary> layers;
    private transient volatile Rewritten rewritten = new Rewritten(List.of(), List.of());

    /** What to run in the place of {@code layers}. */
    private record Rewritten(List<Unary> layers, List<Unary> faster) {}

    /** Layers, activations and functions, in their order. */
    public Sequential(Unary... layers) { this(List.of(layers)); }

    /** Layers, activations and functions, in their order. */
    public Sequential(List<? extends Unary> layers) { this.layers = new ArrayList<>(List.copyOf(layers)); }

    @Override public Tensor forward(Tensor x) {
        if (Hooks.isOn()) return hooked(asWritten(x), x);
        Tensor y = x;
        for (Unary layer : faster()) y = layer.forward(y);
        return y;
    }

    private Tensor asWritten(Tensor x) {
        Tensor y = x;
        for (int i = 0; i < layers.size(); i++) {
            y = Watches.child(this, i, layers.get(i), y, layers.get(i).forward(y));
        }
        return y;
    }

    /** Made at the first use, and again when a layer has been replaced. */
    private List<Unary> faster() {
        var now = rewritten;
        if (!now.layers.equals(layers)) {
            now = new Rewritten(List.copyOf(layers), Rewrite.faster(layers));
            rewritten = now;
        }
        return now.faster;
    }
}
