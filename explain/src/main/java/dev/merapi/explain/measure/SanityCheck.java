package dev.merapi.explain.measure;

import dev.merapi.explain.Attribution;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Whether an explanation depends on what the model has learnt: its weights are replaced by drawn ones, from the last
 * layer to the first, and the explanation should become another (Adebayo et al. 2018, arXiv:1810.03292).
 */
public final class SanityCheck {
    private SanityCheck() {}

    /**
     * The rank correlation of the contributions' magnitudes with those of the trained model, after each parameter that
     * has been replaced, the last first; near 0 at the end is good. The weights are put back.
     *
     * @param explain with the model as it is then
     */
    public static Map<String, Double> of(Layer model, Supplier<Attribution> explain, long seed) {
        var trained = explain.get();
        var kept = new LinkedHashMap<String, Tensor>();
        var correlations = new LinkedHashMap<String, Double>();
        var rng = new Rng(seed);
        try (var _ = Scope.open()) {
            try {
                for (var entry : new ArrayList<>(model.params().entrySet()).reversed()) {
                    var param = entry.getValue();
                    kept.put(entry.getKey(), param.detach().copy());
                    replace(param, rng);
                    correlations.put(entry.getKey(), alike(trained, explain.get()));
                }
            } finally {
                try (var _ = Torch.noGrad()) {
                    var params = model.params();
                    kept.forEach((name, value) -> params.get(name).copy_(value));
                }
            }
        }
        return correlations;
    }

    /** Draws all weights anew, for good: what an explanation of such a model says, it says of the input alone. */
    public static void redraw(Layer model, long seed) {
        var rng = new Rng(seed);
        for (var param : model.params().values()) {
            try (var _ = Scope.open()) {
                replace(param, rng);
            }
        }
    }

    /** The rank correlation of two explanations' magnitudes. */
    public static double alike(Attribution a, Attribution b) {
        Expect.that(a.values().length == b.values().length, "SanityCheck.alike", "as many contributions as "
                + a.values().length, b.values().length);
        return correlation(ranks(a.values()), ranks(b.values()));
    }

    /** Others of the same mean and deviation. */
    private static void replace(Tensor param, Rng rng) {
        try (var _ = Torch.noGrad()) {
            var deviation = param.numel() > 1 ? param.std() : param.abs().mean();
            var drawn = Tensor.randn(rng, param.shape()).to(param.dtype()).to(param.device());
            param.copy_(drawn.mul(deviation).add(param.mean()));
        }
    }

    /** Spearman's. */
    private static double correlation(double[] a, double[] b) {
        double mean = (a.length - 1) / 2.0, product = 0, squareA = 0, squareB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (a[i] - mean) * (b[i] - mean);
            squareA += (a[i] - mean) * (a[i] - mean);
            squareB += (b[i] - mean) * (b[i] - mean);
        }
        return squareA == 0 || squareB == 0 ? 0 : product / Math.sqrt(squareA * squareB);
    }

    /** Of magnitudes; equal ones share the mean of their ranks. */
    private static double[] ranks(double[] values) {
        var order = IntStream.range(0, values.length).boxed()
                .sorted(Comparator.comparingDouble(i -> Math.abs(values[i]))).toList();
        var ranks = new double[values.length];
        for (int from = 0; from < ranks.length;) {
            int to = from;
            while (to + 1 < ranks.length
                    && Math.abs(values[order.get(to + 1)]) == Math.abs(values[order.get(from)])) {
                to++;
            }
            for (int i = from; i <= to; i++) ranks[order.get(i)] = (from + to) / 2.0;
            from = to + 1;
        }
        return ranks;
    }
}
