package dev.merapi.explain.perturb;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How much worse a model becomes when a feature's values are exchanged between rows (Breiman 2001, "Random Forests"):
 * of the model as a whole, not of one answer.
 *
 * @param mean what the score loses, for each feature
 * @param deviation of that between repetitions
 */
public record PermutationImportance(double[] mean, double[] deviation) {
    /**
     * @param score of the model on rows, such as its accuracy; greater is better
     * @param x rows (N, …)
     * @param groups for each element of a row the number of its feature
     * @param repeats at least 2, for the deviation
     */
    public static PermutationImportance of(ToDoubleFunction<Tensor> score, Tensor x, int[] groups, int repeats,
            long seed) {
        Expect.atLeast("PermutationImportance.repeats", 2, repeats);
        Expect.atLeast("PermutationImportance.rows", 2, x.size(0));
        int features = Arrays.stream(groups).max().orElse(-1) + 1;
        var mean = new double[features];
        var deviation = new double[features];
        var rng = new Rng(seed);
        double whole = score.applyAsDouble(x);
        for (int f = 0; f < features; f++) {
            int feature = f;
            var lost = new double[repeats];
            for (int r = 0; r < repeats; r++) {
                try (var _ = Scope.open()) {
                    lost[r] = whole - score.applyAsDouble(exchanged(x, groups, feature, rng));
                }
            }
            mean[f] = Arrays.stream(lost).average().orElseThrow();
            deviation[f] = Math.sqrt(Arrays.stream(lost).map(l -> Math.pow(l - mean[feature], 2)).sum()
                    / (repeats - 1));
        }
        return new PermutationImportance(mean, deviation);
    }

    private static Tensor exchanged(Tensor x, int[] groups, int feature, Rng rng) {
        long[] shape = x.shape();
        shape[0] = 1;
        var mask = new boolean[groups.length];
        IntStream.range(0, groups.length).forEach(i -> mask[i] = groups[i] == feature);
        var others = x.indexSelect(0, Tensor.randperm(rng, x.size(0)).to(x.device()));
        return Tensor.of(mask, shape).to(x.device()).where(others, x);
    }
}
