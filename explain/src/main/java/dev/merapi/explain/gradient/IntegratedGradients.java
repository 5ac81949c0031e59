package dev.merapi.explain.gradient;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Checks;
import dev.merapi.explain.Chunks;
import dev.merapi.explain.Explainer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;

/**
 * The mean gradient on the straight way from a baseline to the input, times their difference (Sundararajan et al. 2017,
 * arXiv:1703.01365). Contributions sum to the difference of the outputs; {@link Attribution#gap} says what the steps
 * miss of it. Several baselines are taken in the mean.
 *
 * @param baselines (R, …) of the input's shape
 * @param steps places on the way, those of Gauss and Legendre; -1 for 32, and twice as many, up to 512, until the gap
 *     is less than a thousandth of the difference
 */
public record IntegratedGradients(Unary model, Tensor baselines, int steps, Chunks chunks) implements Explainer {
    private static final int USUAL = 32;
    private static final int MOST = 512;
    private static final double ENOUGH = 1e-3; // of the difference

    /** With as many steps as completeness asks for. */
    public IntegratedGradients(Unary model, Tensor baselines) { this(model, baselines, -1, Chunks.DEFAULT); }

    public IntegratedGradients {
        Expect.that(steps >= 1 || steps == -1, "IntegratedGradients.steps", "at least 1, or -1", steps);
    }

    /** The same with so many steps. */
    public IntegratedGradients steps(int count) { return new IntegratedGradients(model, baselines, count, chunks); }

    @Override public Attribution explain(Tensor x, int output) {
        Checks.one(x);
        Gradients.expectFloating(x);
        Expect.that(Arrays.equals(Checks.row(baselines), Checks.row(x)), "IntegratedGradients", "baselines of "
                + Shapes.toString(Checks.row(x)) + ", as the input", Shapes.toString(baselines.shape()));
        if (steps > 0) return explain(x, output, steps);
        int places = USUAL;
        var found = explain(x, output, places);
        while (places < MOST && Math.abs(found.gap()) > ENOUGH * Math.abs(found.output() - found.base())) {
            places *= 2;
            found = explain(x, output, places);
        }
        return found;
    }

    private Attribution explain(Tensor x, int output, int places) {
        int rows = Math.toIntExact(baselines.size(0));
        try (var _ = Scope.open()) {
            var sum = Tensor.zeros(DType.FLOAT64, x.shape()).to(x.device());
            double base = 0;
            for (int r = 0; r < rows; r++) {
                var from = baselines.narrow(0, r, 1);
                sum.add_(way(x, from, output, places).div(rows));
                base += value(from, output) / rows;
            }
            return Attribution.of(sum, Checks.row(x), base, value(x, output));
        }
    }

    private double value(Tensor x, int output) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            return Checks.output(model.forward(x), output).item();
        }
    }

    /** float64 (1, …). */
    private Tensor way(Tensor x, Tensor from, int output, int places) {
        var rule = Quadrature.legendre(places);
        var difference = x.sub(from);
        var mean = Tensor.zeros(DType.FLOAT64, x.shape()).to(x.device());
        int most = chunks.rowsLike(x);
        for (int first = 0; first < places; first += most) {
            int count = Math.min(most, places - first);
            try (var _ = Scope.open()) {
                var there = column(rule.places(), first, count, x);
                var slope = Gradients.of(model, from.add(difference.mul(there)), output).gradient();
                var weights = column(rule.weights(), first, count, x).to(DType.FLOAT64);
                mean.add_(slope.to(DType.FLOAT64).mul(weights).sum(new long[] {0}, true));
            }
            chunks.progress().accept(count);
        }
        return mean.mul(difference);
    }

    /** Numbers as (count, 1, …, 1) of x's type and rank. */
    static Tensor column(double[] values, int first, int count, Tensor x) {
        var shape = new long[x.rank()];
        Arrays.fill(shape, 1);
        shape[0] = count;
        return Tensor.of(Arrays.copyOfRange(values, first, first + count), shape).to(x.dtype()).to(x.device());
    }
}
