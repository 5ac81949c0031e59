package dev.merapi.metric;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * Metrics of predicted numbers. Shapes: predictions and targets (N) or (N, outputs…); predictions (N, 1) go with
 * targets (N) too. With several outputs the value is the mean over outputs.
 *
 * <pre>{@code
 * var r2 = RegressionMetrics.r2();
 * }</pre>
 */
public final class RegressionMetrics {
    private RegressionMetrics() {}

    /** Mean squared error. */
    public static Metric<Tensor, Tensor> mse() { return of("mse", false, Sums::mse); }

    /** The square root of the mean squared error; of several outputs, the mean of their roots. */
    public static Metric<Tensor, Tensor> rmse() { return of("rmse", false, sums -> Math.sqrt(sums.mse())); }

    /** Mean absolute error. */
    public static Metric<Tensor, Tensor> mae() { return of("mae", false, sums -> sums.absolute / sums.count); }

    /** Mean absolute error as a share of the target; targets of 0 make it huge. */
    public static Metric<Tensor, Tensor> mape() { return of("mape", false, sums -> sums.relative / sums.count); }

    /**
     * The share of the targets' variance that is predicted, R² = 1 - Σ(y - ŷ)² / Σ(y - mean y)². For constant targets 1
     * if predicted exactly, else 0; NaN for fewer than two samples.
     */
    public static Metric<Tensor, Tensor> r2() { return of("r2", true, sums -> sums.explained(sums.squared)); }

    /** As {@link #r2}, forgiving a constant error: 1 - Var(y - ŷ) / Var(y). */
    public static Metric<Tensor, Tensor> explainedVariance() {
        return of("explained_variance", true, sums -> sums.explained(sums.errors.squares()));
    }

    private static Metric<Tensor, Tensor> of(String name, boolean greaterIsBetter, ToDoubleFunction<Sums> value) {
        return new OfSums(name, greaterIsBetter, value);
    }

    private static final class OfSums implements Metric<Tensor, Tensor> {
        private final String name;
        private final boolean greaterIsBetter;
        private final ToDoubleFunction<Sums> value;
        private Sums[] outputs = {};

        OfSums(String name, boolean greaterIsBetter, ToDoubleFunction<Sums> value) {
            this.name = name;
            this.greaterIsBetter = greaterIsBetter;
            this.value = value;
        }

        @Override public String name() { return name; }

        @Override public void update(Tensor prediction, Tensor target) {
            try (var _ = Torch.noGrad(); var _ = Scope.open()) {
                long n = rows(name, prediction, target);
                if (n == 0) return;
                var y = target.to(DType.FLOAT64).reshape(n, -1);
                var error = y.sub(prediction.to(DType.FLOAT64).reshape(n, -1)); // (N, outputs)
                expectOutputs((int) y.size(1), target.describe());
                addTo(outputs, n, y, error);
            }
        }

        private void expectOutputs(int width, String received) {
            if (outputs.length == 0) {
                outputs = new Sums[width];
                Arrays.setAll(outputs, _ -> new Sums());
            }
            if (outputs.length != width) {
                throw new IllegalArgumentException(name + ": expected " + outputs.length
                        + " outputs, as before. Received " + received);
            }
        }

        @Override public double[] state() {
            return Arrays.stream(outputs).flatMapToDouble(sums -> Arrays.stream(sums.state())).toArray();
        }

        @Override public void merge(double... state) {
            int width = state.length / Sums.NUMBERS;
            Metric.expectState(this, width * Sums.NUMBERS, state);
            if (width == 0) return;
            expectOutputs(width, "a " + name + " of " + width);
            for (int i = 0; i < width; i++) outputs[i].add(state, i * Sums.NUMBERS);
        }

        @Override public double value() {
            return Arrays.stream(outputs).mapToDouble(value).average().orElse(Double.NaN);
        }

        @Override public void reset() { outputs = new Sums[0]; }

        @Override public boolean greaterIsBetter() { return greaterIsBetter; }
    }

    private static long rows(String name, Tensor prediction, Tensor target) {
        long[] p = prediction.shape(), t = target.shape();
        boolean column = p.length == 2 && p[1] == 1 && t.length == 1 && p[0] == t[0];
        if (t.length == 0 || !column && !Arrays.equals(p, t)) {
            throw new IllegalArgumentException(name + ": expected predictions and targets of one shape (N) or"
                    + " (N, outputs). Received " + Shapes.toString(p) + " and " + Shapes.toString(t));
        }
        return t[0];
    }

    private static void addTo(Sums[] outputs, long n, Tensor y, Tensor error) {
        double[] absolute = error.abs().sum(0).toDoubles();
        double[] relative = error.abs().div(y.abs().clamp(Math.ulp(1.0), null)).sum(0).toDoubles();
        double[] squared = error.square().sum(0).toDoubles();
        double[][] targets = {y.amin(0).toDoubles(), y.amax(0).toDoubles(), mean(y), squares(y)};
        double[][] errors = {error.amin(0).toDoubles(), error.amax(0).toDoubles(), mean(error), squares(error)};
        for (int i = 0; i < outputs.length; i++) {
            outputs[i].count += n;
            outputs[i].absolute += absolute[i];
            outputs[i].relative += relative[i];
            outputs[i].squared += squared[i];
            outputs[i].targets.add(n, targets[0][i], targets[1][i], targets[2][i], targets[3][i]);
            outputs[i].errors.add(n, errors[0][i], errors[1][i], errors[2][i], errors[3][i]);
        }
    }

    private static double[] mean(Tensor x) { return x.mean(0).toDoubles(); }

    private static double[] squares(Tensor x) { return x.sub(x.mean(0)).square().sum(0).toDoubles(); }

    /** What one output's metrics need. */
    private static final class Sums {
        static final int NUMBERS = 12; // in a state

        private long count;
        private double absolute;
        private double relative;
        private double squared;
        private final Moments targets = new Moments();
        private final Moments errors = new Moments();

        double[] state() {
            return new double[] {count, absolute, relative, squared, targets.least, targets.greatest, targets.mean,
                targets.squares, errors.least, errors.greatest, errors.mean, errors.squares};
        }

        /** What stands in {@link #state} from {@code at}. */
        void add(double[] state, int at) {
            double n = state[at];
            count += (long) n;
            absolute += state[at + 1];
            relative += state[at + 2];
            squared += state[at + 3];
            targets.add(n, state[at + 4], state[at + 5], state[at + 6], state[at + 7]);
            errors.add(n, state[at + 8], state[at + 9], state[at + 10], state[at + 11]);
        }

        double mse() { return squared / count; }

        double explained(double residual) {
            if (count < 2) return Double.NaN;
            if (targets.squares() == 0) return residual == 0 ? 1 : 0;
            return 1 - residual / targets.squares();
        }
    }

    /** Mean, and squares of the distances from it, joined batch by batch without cancellation (Chan et al., 1983). */
    private static final class Moments {
        private double count;
        private double mean;
        private double squares;
        private double least = Double.POSITIVE_INFINITY;
        private double greatest = Double.NEGATIVE_INFINITY;

        void add(double n, double batchLeast, double batchGreatest, double batchMean, double batchSquares) {
            double shift = batchMean - mean, total = count + n;
            squares += batchSquares + shift * shift * count * n / total;
            mean += shift * n / total;
            count = total;
            least = Math.min(least, batchLeast);
            greatest = Math.max(greatest, batchGreatest);
        }

        /** Of a constant exactly 0: its mean is rounded, and lies beside it. */
        double squares() { return least == greatest ? 0 : squares; }
    }
}
