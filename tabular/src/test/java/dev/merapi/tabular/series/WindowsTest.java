package dev.merapi.tabular.series;

import dev.merapi.tabular.series.WindowOptions.Scaling;
import dev.merapi.tensor.Scope;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class WindowsTest {
    private static final Series ONE = new Series("one", new double[] {1, 3, 5, 9, 2},
            List.of(new double[] {0, 2, 0, 2, 0, 2, 0}));

    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    private static WindowOptions options(Scaling scaling) { return new WindowOptions(2, 1, scaling); }

    @Test void allWindowsAreCut() {
        var windows = new Windows(List.of(ONE), options(Scaling.NONE), 1);
        assertEquals(3, windows.size());
        var batch = windows.batch(new int[] {0, 2}, null);
        assertArrayEquals(new double[] {1, 3, 5, 9}, batch.past().toDoubles());
        assertArrayEquals(new double[] {5, 2}, batch.future().toDoubles());
        assertArrayEquals(new long[] {2, 3, 1}, batch.covariates().shape());
        assertEquals((2 + 2 + 4 + 7) / 4.0, batch.naiveError().toDoubles()[1], 1e-6);
    }

    /** Covariates by mean and deviation of the time of the values: 0.8 and 0.9798. */
    @Test void covariatesAreScaled() {
        var batch = new Windows(List.of(ONE), options(Scaling.NONE), 1).get(2);
        double low = -0.8 / Math.sqrt(0.96), high = 1.2 / Math.sqrt(0.96);
        assertArrayEquals(new double[] {low, high, low}, batch.covariates().toDoubles(), 1e-6);
    }

    @Test void valuesAreScaled() {
        var window = new Windows(List.of(ONE), options(Scaling.WINDOW), 1).get(1); // 3 and 5
        assertArrayEquals(new double[] {-1, 1}, window.past().toDoubles(), 1e-6);
        assertEquals(4, window.level().item(), 1e-6);
        assertEquals(1, window.spread().item(), 1e-6);
        var series = new Windows(List.of(ONE), options(Scaling.SERIES), 1).get(1); // mean 4, deviation √8
        assertArrayEquals(new double[] {-1 / Math.sqrt(8), 1 / Math.sqrt(8)}, series.past().toDoubles(), 1e-6);
        var constant = new Windows(List.of(Series.of("c", 7, 7, 7)), options(Scaling.WINDOW), 1).get(0);
        assertArrayEquals(new double[] {0, 0}, constant.past().toDoubles());
    }

    /** A back-test's windows are what a forecast from the same history sees: nothing of what comes is in them. */
    @Test void testsSeeWhatUseSees() {
        double[] values = {1, 3, 5, 9, 2, 4, 8, 7};
        double[] other = {1, 3, 5, 9, 2, 4, -100, 300};
        for (var scaling : Scaling.values()) {
            var test = Backtest.last(List.of(Series.of("y", values)), 1, 2, 1);
            var windows = Windows.of(test, options(scaling));
            assertEquals(2, windows.size());
            var first = windows.get(0); // foretells 8
            assertArrayEquals(new double[] {8}, first.future().toDoubles());
            var used = Windows.ofLast(List.of(Series.of("y", other).until(6)), options(scaling));
            assertArrayEquals(used.past().toDoubles(), first.past().toDoubles());
            assertArrayEquals(used.level().toDoubles(), first.level().toDoubles());
            assertArrayEquals(used.spread().toDoubles(), first.spread().toDoubles());
            assertEquals((2 + 2 + 4 + 7 + 2) / 5.0, first.naiveError().item(), 1e-6);
        }
    }

    @Test void trainingEndsWhereTheBacktestBegins() {
        var test = Backtest.rolling(List.of(Series.of("y", 1, 2, 3, 4, 5, 6, 7, 8, 9)), 2, 3, 1, 1);
        assertArrayEquals(new double[] {1, 2, 3, 4, 5}, test.training().getFirst().values());
        var result = test.of((history, horizon) -> new Forecast(List.of(0.5),
                new double[][] {{history.size()}, {history.size()}})); // the last value: 1 and 2 too little
        assertEquals(1.5, result.mase(), 1e-12);
        assertEquals(1.5, result.crps(), 1e-12);
        assertEquals(3, result.forecasts());
    }

    @Test void whatDoesNotFitIsNamed() {
        var message = assertThrows(IllegalArgumentException.class, () -> new Windows(List.of(Series.of("s", 1, 2)),
                options(Scaling.NONE), 1)).getMessage();
        assertTrue(message.contains("expected a series of at least 2 + 1 values"), message);
        message = assertThrows(IllegalArgumentException.class, () -> new Windows(List.of(ONE,
                Series.of("two", 1, 2, 3)), options(Scaling.NONE), 1)).getMessage();
        assertTrue(message.contains("expected 1 covariates of each series. Received 0 of two"), message);
        message = assertThrows(IllegalArgumentException.class, () -> new Windows(List.of(
                Series.of("s", 1, Double.NaN, 3)), options(Scaling.NONE), 1)).getMessage();
        assertTrue(message.contains("Received none at 1; fill it by Series.filled()"), message);
        var past = new Series("s", new double[] {1, 2, 3}, List.of(new double[] {1, 2, 3}));
        message = assertThrows(IllegalArgumentException.class, () -> Windows.ofLast(List.of(past),
                options(Scaling.NONE))).getMessage();
        assertTrue(message.contains("add rows of the future without a value"), message);
        message = assertThrows(IllegalArgumentException.class, () -> Backtest.last(List.of(Series.of("s", 1, 2, 3)), 1,
                2, 1)).getMessage();
        assertTrue(message.contains("Series s: expected at least 4 values. Received 3"), message);
    }
}
