package dev.merapi.explain.attention;

import dev.merapi.explain.Checks;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.nn.MultiHeadAttention;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;

/**
 * How tokens flow from the input to the end of a Transformer, by its attention. Each is a matrix (T, T) whose row says
 * from which tokens a token has what it has in the end.
 */
public final class AttentionMaps {
    private AttentionMaps() {}

    /**
     * The attention weights (1, H, T, T) of each layer, the first first: of {@link MultiHeadAttention}, and of BERT and
     * its relatives.
     *
     * @param x one input (1, …) of the function, without padding
     * @throws IllegalArgumentException if the model has none of these, or its attention leaves tokens out
     */
    public static List<Tensor> weights(Layer model, Unary function, Tensor x) {
        Checks.one(x);
        var seen = new SeenAttention(model);
        try (var _ = Torch.noGrad(); var _ = Hooks.around(model, seen)) {
            function.forward(x);
        }
        return seen.weights();
    }

    /**
     * Attention rollout: the product of the layers' mean weights over the heads, each with the residual path as half of
     * it (Abnar and Zuidema 2020, arXiv:2005.00928).
     *
     * @param weights (1, H, T, T) of each layer, the first first
     * @return (T, T)
     */
    public static double[][] rollout(List<Tensor> weights) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor all = null;
            for (var layer : weights) {
                var mean = layer.mean(1).select(0, 0);
                var mixed = mean.add(Tensor.eye(mean.size(0)).to(mean.device())).mul(0.5);
                all = all == null ? mixed : mixed.matmul(all);
            }
            return matrix(all);
        }
    }

    /**
     * Gradient-weighted attention: each layer's weights count as much as they raise an output (Chefer et al. 2021,
     * arXiv:2103.15679). Of the same models as {@link #weights}.
     *
     * @return (T, T)
     */
    public static double[][] weighted(Layer model, Unary function, Tensor x, int output) {
        Checks.one(x);
        var seen = new SeenAttention(model);
        try (var _ = Scope.open(); var _ = Torch.enableGrad()) {
            Tensor y;
            try (var _ = Hooks.around(model, seen)) {
                y = Checks.output(function.forward(x), output).sum();
            }
            var found = seen.weights();
            var slopes = Tensor.grad(List.of(y), found, false);
            var all = Tensor.eye(found.getFirst().size(-1)).to(x.device());
            for (int i = 0; i < found.size(); i++) {
                if (slopes.get(i) == null) continue;
                var raising = found.get(i).mul(slopes.get(i)).relu().mean(1).select(0, 0).detach();
                all = all.add(raising.matmul(all));
            }
            return matrix(all);
        }
    }

    private static double[][] matrix(Tensor square) {
        int n = Math.toIntExact(square.size(0));
        double[] flat = square.contiguous().toDoubles();
        var rows = new double[n][n];
        for (int i = 0; i < n; i++) System.arraycopy(flat, i * n, rows[i], 0, n);
        return rows;
    }
}
