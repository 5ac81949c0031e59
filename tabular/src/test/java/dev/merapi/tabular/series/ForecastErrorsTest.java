package dev.merapi.tabular.series;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** By hand. */
class ForecastErrorsTest {
    private static final double[] HISTORY = {1, 3, 2, 6, 4};
    private static final double[] ACTUAL = {5, 7};

    @Test void errorsAreScaledByTheNaiveForecast() {
        assertEquals((2 + 1 + 4 + 2) / 4.0, ForecastErrors.naiveError(HISTORY, 1), 1e-12);
        assertEquals((1 + 3 + 2) / 3.0, ForecastErrors.naiveError(HISTORY, 2), 1e-12);
        assertTrue(Double.isNaN(ForecastErrors.naiveError(HISTORY, 5)));
        assertEquals((1 + 3) / 2.0 / 2, ForecastErrors.mase(ACTUAL, new double[] {4, 10}, 2), 1e-12);
    }

    @Test void percentagesAreSymmetric() {
        assertEquals((2 * 1 / 9.0 + 2 * 3 / 17.0) / 2, ForecastErrors.smape(ACTUAL, new double[] {4, 10}), 1e-12);
        assertEquals(0, ForecastErrors.smape(new double[] {0}, new double[] {0}));
    }

    @Test void quantilesAreScored() {
        var levels = List.of(0.1, 0.5, 0.9);
        double[][] quantiles = {{3, 4, 6}, {8, 10, 11}};
        double first = 0.1 * 2 + 0.5 * 1 + 0.1 * 1, second = 0.9 * 1 + 0.5 * 3 + 0.1 * 4;
        assertEquals(2 * (first + second) / 6, ForecastErrors.crps(ACTUAL, quantiles, levels), 1e-12);
        // of the median alone it is the absolute error
        assertEquals(2, ForecastErrors.crps(ACTUAL, new double[][] {{4}, {10}}, List.of(0.5)), 1e-12);
    }

    @Test void theQuantileLossAndItsGradient() {
        try (var _ = Scope.open()) {
            var quantiles = Tensor.of(new float[][] {{3, 4, 6}, {8, 10, 11}}).requiresGrad_(true);
            var loss = new QuantileLoss(List.of(0.1, 0.5, 0.9));
            var actual = Tensor.of(new float[] {5, 7});
            var value = loss.forward(quantiles, actual);
            assertEquals((0.1 * 2 + 0.5 * 1 + 0.1 * 1 + 0.9 * 1 + 0.5 * 3 + 0.1 * 4) / 6, value.item(), 1e-6);
            value.backward();
            // below what came: -level, above it: 1 - level
            assertArrayEquals(new double[] {-0.1 / 6, -0.5 / 6, 0.1 / 6, 0.9 / 6, 0.5 / 6, 0.1 / 6},
                    quantiles.grad().toDoubles(), 1e-6);
            assertEquals(2, loss.weight(quantiles, actual));
            var error = assertThrows(IllegalArgumentException.class, () -> loss.forward(actual, actual));
            assertTrue(error.getMessage().contains("expected quantiles (…, 3)"), error.getMessage());
        }
    }

    @Test void levelsAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> new QuantileLoss(List.of(0.0)));
        for (var wrong : List.of(List.of(0.1, 0.9), List.of(0.5, 0.4), List.of(0.5, 1.0))) {
            var error = assertThrows(IllegalArgumentException.class, () -> new Forecast(wrong, new double[1][2]));
            assertTrue(error.getMessage().contains("with 0.5 among them"), error.getMessage());
        }
    }
}
