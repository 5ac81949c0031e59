package dev.merapi.explain.attention;

import dev.merapi.explain.Checks;
import dev.merapi.nn.Hook;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Mask;
import dev.merapi.nn.MultiHeadAttention;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How tokens flow from the input to the end of a Transformer, by its attention. Each is a matrix (T, T) whose row says
 * from which tokens a token has what it has in the end.
 */
public final class AttentionMaps {
    private AttentionMaps() {}

    /**
     * The attention weights (1, H, T, T) of each layer: of {@link MultiHeadAttention}, and of BERT's, whose queries and
     * keys are layers.
     *
     * @param x one input (1, …) of the function, without padding
     * @param heads of a layer whose queries and keys are layers of their own
     */
    public static List<Tensor> weights(Layer model, Unary function, Tensor x, int heads) {
        Checks.one(x);
        var found = new ArrayList<Tensor>();
        var queries = new HashMap<String, Tensor>();
        try (var _ = Torch.noGrad(); var _ = Hooks.listen(model, call -> take(call, heads, queries, found))) {
            function.forward(x);
        }
        return expectSome(found, model);
    }

    private static void take(Hook.Call call, int heads, Map<String, Tensor> queries, List<Tensor> found) {
        if (call.layer() instanceof MultiHeadAttention attention) {
            var x = call.inputs().getFirst();
            found.add(attention.forwardWithWeights(x, x, x, Mask.NONE).weights());
        } else if (isPart(call, "query", "q_lin")) {
            queries.put(parent(call.path()), call.output());
        } else if (isPart(call, "key", "k_lin") && queries.containsKey(parent(call.path()))) {
            var q = split(queries.remove(parent(call.path())), heads);
            var k = split(call.output(), heads);
            found.add(q.matmul(k.mT()).div(Math.sqrt(q.size(3))).softmax(-1));
        }
    }

    private static boolean isPart(Hook.Call call, String... names) {
        String name = call.path().substring(call.path().lastIndexOf('.') + 1);
        return call.output().rank() == 3 && List.of(names).contains(name);
    }

    private static String parent(String path) { return path.substring(0, Math.max(0, path.lastIndexOf('.'))); }

    private static Tensor split(Tensor x, int heads) {
        Expect.that(x.size(2) % heads == 0, "AttentionMaps.heads", "heads that divide " + x.size(2), heads);
        return x.unflatten(2, heads, -1).transpose(1, 2);
    }

    private static List<Tensor> expectSome(List<Tensor> found, Layer model) {
        Expect.that(!found.isEmpty(), "AttentionMaps",
                "a model with attention as layers: BERT, ViT, TransformerEncoder", model.getClass().getSimpleName());
        return found;
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
     * arXiv:2103.15679). Of models of {@link MultiHeadAttention} without masks, such as a Vision Transformer.
     *
     * @return (T, T)
     */
    public static double[][] weighted(Layer model, Unary function, Tensor x, int output) {
        Checks.one(x);
        var found = new ArrayList<Tensor>();
        try (var _ = Scope.open(); var _ = Torch.enableGrad()) {
            Tensor y;
            try (var _ = Hooks.around(model, call -> {
                if (!(call.layer() instanceof MultiHeadAttention attention)) return call.output();
                var input = call.inputs().getFirst();
                var attended = attention.forwardWithWeights(input, input, input, Mask.NONE);
                found.add(attended.weights());
                return attended.y();
            })) {
                y = Checks.output(function.forward(x), output).sum();
            }
            var slopes = Tensor.grad(List.of(y), expectSome(found, model), false);
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
