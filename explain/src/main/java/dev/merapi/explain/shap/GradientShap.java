package dev.merapi.explain.shap;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Chunks;
import dev.merapi.explain.Explainer;
import dev.merapi.explain.gradient.IntegratedGradients;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/**
 * Expected gradients (Erion et al. 2019, arXiv:1906.10670): the mean of integrated gradients over background rows,
 * which are Shapley's values of a game with infinitely small players (Aumann and Shapley 1974). Where others draw
 * rows and places, all rows are taken here, and Gauss-Legendre's places. What these still miss of the output is laid
 * on the contributions in proportion to their size, so that they sum to it.
 *
 * @param background (R, …) of the input's shape
 * @param steps places on each way
 */
public record GradientShap(Unary model, Tensor background, int steps, Chunks chunks) implements Explainer {
    /** 16 steps. */
    public GradientShap(Unary model, Tensor background) { this(model, background, 16, Chunks.DEFAULT); }

    @Override public Attribution explain(Tensor x, int output) {
        var found = new IntegratedGradients(model, background, steps, chunks).explain(x, output);
        double[] values = found.values().clone();
        double size = Arrays.stream(values).map(Math::abs).sum();
        double gap = found.gap();
        for (int i = 0; i < values.length; i++) {
            values[i] += gap * (size > 0 ? Math.abs(values[i]) / size : 1.0 / values.length);
        }
        return new Attribution(found.shape(), values, found.base(), found.output());
    }
}
