package dev.merapi.train;

import dev.merapi.loss.Mse;
import dev.merapi.metric.RegressionMetrics;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/**
 * Numbers for each input: the model's output and the target have one shape. The loss is the mean squared error, the
 * metric {@code mae} the mean absolute one.
 */
public final class Regression {
    private Regression() {}

    public static <M extends Layer & Unary> Supervised of(M model) {
        return Supervised.of(model, new Mse(), RegressionMetrics.mae()).checking(Regression::check);
    }

    /** Broadcasting (N, 1) against (N) would quietly compare everything with everything. */
    private static void check(Tensor output, Tensor target) {
        if (Arrays.equals(output.shape(), target.shape())) return;
        throw new IllegalArgumentException("Regression: expected targets of the output's shape "
                + Shapes.toString(output.shape()) + ". Received " + Shapes.toString(target.shape())
                + "; reshape one of them.");
    }
}
