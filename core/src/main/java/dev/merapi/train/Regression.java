package dev.merapi.train;

import dev.merapi.loss.Loss;
import dev.merapi.loss.Mse;
import dev.merapi.metric.RegressionMetrics;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/**
 * Numbers for each input: the model's output and the target have one shape, such as (N, outputs); an output (N, 1)
 * goes with targets (N) too. The loss is the mean squared error, the metric {@code mae} the mean absolute one.
 */
public final class Regression {
    private Regression() {}

    /** The task of a model whose outputs have the shape of the targets, or (N, 1) for targets (N). */
    public static <M extends Layer & Unary> Supervised of(M model) {
        return Supervised.of(model, new SquaredError(), RegressionMetrics.mae()).checking(Regression::check);
    }

    /** Of outputs (N, 1) to targets (N), their only column's. */
    private record SquaredError() implements Loss {
        @Override public Tensor forward(Tensor output, Tensor target) {
            return new Mse().forward(isColumn(output, target) ? output.squeeze(1) : output, target);
        }

        @Override public double weight(Tensor output, Tensor target) { return output.numel(); }
    }

    private static boolean isColumn(Tensor output, Tensor target) {
        return output.rank() == 2 && output.size(1) == 1 && target.rank() == 1 && output.size(0) == target.size(0);
    }

    /** Broadcasting (N, 1) against (N) would quietly compare everything with everything. */
    private static void check(Tensor output, Tensor target) {
        if (Arrays.equals(output.shape(), target.shape()) || isColumn(output, target)) return;
        throw new IllegalArgumentException("Regression: expected targets of the output's shape "
                + Shapes.toString(output.shape()) + ". Received " + Shapes.toString(target.shape())
                + "; reshape one of them.");
    }
}
