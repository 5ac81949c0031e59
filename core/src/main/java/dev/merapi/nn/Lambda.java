package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.function.UnaryOperator;

/** A function without state as a layer, under a name that a {@link Summary} shows. */
public final class Lambda extends Layer implements Unary {
    private final String name;
    private final UnaryOperator<Tensor> function;

    /** @param name for summaries alone */
    public Lambda(String name, UnaryOperator<Tensor> function) {
        this.name = name;
        this.function = function;
    }

    @Override public Tensor forward(Tensor x) { return hooked(function.apply(x), x); }

    @Override public String toString() { return name; }
}
