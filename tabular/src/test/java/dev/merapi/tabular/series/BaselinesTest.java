package dev.merapi.tabular.series;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class BaselinesTest {
    @Test void naiveRepeatsTheLastValue() {
        var forecast = Baselines.naive().forecast(Series.of("y", 1, 2, 4, 3), 2);
        assertArrayEquals(new double[] {3, 3}, forecast.median());
        double deviation = Math.sqrt((1 + 4 + 1) / 3.0); // grows by the root of the steps
        assertEquals(3 + 1.2815515655446004 * deviation, forecast.quantile(0.9)[0], 1e-9);
        assertEquals(3 - 1.2815515655446004 * deviation * Math.sqrt(2), forecast.quantile(0.1)[1], 1e-9);
    }

    @Test void seasonalNaiveRepeatsTheLastSeason() {
        var forecast = Baselines.seasonalNaive(3).forecast(Series.of("y", 9, 9, 9, 1, 2, 3), 5);
        assertArrayEquals(new double[] {1, 2, 3, 1, 2}, forecast.median());
        var error = assertThrows(IllegalArgumentException.class, () -> Baselines.seasonalNaive(3)
                .forecast(Series.of("y", 1, 2, 3), 1));
        assertTrue(error.getMessage().contains("expected at least 4 values"), error.getMessage());
    }

    /** A line, and a line with a season on it, go on without an error. */
    @Test void arimaContinuesWhatIsRegular() {
        double[] line = IntStream.range(0, 60).mapToDouble(t -> 5 + 2 * t).toArray();
        assertArrayEquals(new double[] {125, 127, 129}, new Arima(1).forecast(Series.of("y", line), 3).median(), 1e-3);
        double[] season = {0, 7, -3, 1};
        double[] both = IntStream.range(0, 80).mapToDouble(t -> 0.5 * t + season[t % 4]).toArray();
        assertArrayEquals(new double[] {40, 47.5, 38, 42.5, 42},
                new Arima(4).forecast(Series.of("y", both), 5).median(), 1e-3);
    }

    /** y = 0.8 before + noise: forecasts fall by 0.8, and the deviation is that of the process. */
    @Test void arimaFindsAnAutoregression() {
        var random = new SplittableRandom(7);
        var values = new double[4000];
        for (int t = 1; t < values.length; t++) values[t] = 0.8 * values[t - 1] + random.nextGaussian();
        values[values.length - 1] = 10;
        var forecast = new Arima(1).forecast(Series.of("y", values), 3);
        assertArrayEquals(new double[] {8, 6.4, 5.12}, forecast.median(), 0.5);
        double deviation = (forecast.quantile(0.9)[1] - forecast.median()[1]) / 1.2815515655446004;
        assertEquals(Math.sqrt(1 + 0.64), deviation, 0.06);
    }

    @Test void aShortHistoryIsNamed() {
        var error = assertThrows(IllegalArgumentException.class, () -> new Arima(12)
                .forecast(Series.of("sales", new double[20]), 1));
        assertTrue(error.getMessage().startsWith("Series sales: expected at least"), error.getMessage());
    }
}
