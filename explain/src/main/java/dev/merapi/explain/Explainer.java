package dev.merapi.explain;

import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Says what parts of an input have contributed to an output of a model. The model is any function of tensors
 * {@link dev.merapi.nn.Unary}, (B, …) to (B, outputs), whose rows do not depend on each other: one
 * with dropout or batch norm in evaluation mode.
 *
 * <pre>{@code
 * Explainer explainer = new IntegratedGradients(model, x.zerosLike());
 * Attribution attribution = explainer.explain(x, 7);
 * IO.println(attribution.gap());                                  // near 0: the contributions sum to the output
 * }</pre>
 */
@FunctionalInterface
public interface Explainer {
    /**
     * The contributions to an output.
     *
     * @param x one input (1, …)
     * @param output the index of the output, such as a class
     * @throws IllegalArgumentException if x is not one input or there is no such output
     */
    Attribution explain(Tensor x, int output);

    /** Those of several inputs (B, …). */
    default List<Attribution> explainAll(Tensor x, int output) {
        var all = new ArrayList<Attribution>();
        for (long i = 0; i < x.size(0); i++) all.add(explain(x.narrow(0, i, 1), output));
        return all;
    }

    /**
     * An explainer that hides features and looks what becomes of the output, by any way of sharing it among them.
     *
     * <pre>{@code
     * var explainer = Explainer.hiding(Game.of(model, background, groups), new KernelShap());
     * }</pre>
     */
    static Explainer hiding(Game.Maker games, Sharing sharing) {
        return (x, output) -> sharing.share(games.of(x, output));
    }
}
