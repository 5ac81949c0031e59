package dev.merapi.loss;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.util.Collection;
import java.util.function.UnaryOperator;

/**
 * Penalties on weights, to be added to a loss.
 *
 * <pre>{@code
 * var total = loss.forward(model.forward(x), y).add(Penalty.l1(model, 1e-4));
 * }</pre>
 */
public final class Penalty {
    private Penalty() {}

    /** λ Σ |w|, 0-d, over a layer's parameters that are not frozen: drives weights to 0. */
    public static Tensor l1(Layer layer, double lambda) { return l1(layer.params().values(), lambda); }

    /** λ Σ |w|, 0-d, over the parameters that are not frozen. */
    public static Tensor l1(Collection<Param> params, double lambda) { return sum(params, lambda, Tensor::abs); }

    /** λ Σ w², 0-d, over a layer's parameters that are not frozen; for {@code Sgd} the same as weight decay 2 λ. */
    public static Tensor l2(Layer layer, double lambda) { return l2(layer.params().values(), lambda); }

    /** λ Σ w², 0-d, over the parameters that are not frozen. */
    public static Tensor l2(Collection<Param> params, double lambda) { return sum(params, lambda, Tensor::square); }

    private static Tensor sum(Collection<Param> params, double lambda, UnaryOperator<Tensor> cost) {
        Expect.atLeast("Penalty.lambda", 0, lambda);
        return params.stream().filter(Param::isTrainable).map(p -> cost.apply(p).sum()).reduce(Tensor::add)
                .orElseGet(Tensor::zeros).mul(lambda);
    }
}
