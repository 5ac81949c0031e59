package dev.merapi.tabular.series;

import dev.merapi.optim.AdamW;
import dev.merapi.optim.Schedule;
import dev.merapi.tabular.data.Table;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Series of R's, which {@code src/test/r/data.R} puts into {@code $MERAPI_CACHE/series}: networks and baselines
 * forecast the last steps of each from several origins. Networks learn from what is before the first of these,
 * and no choice is made by the forecasts that are measured.
 */
@Tag("proof")
class SeriesProofTest {
    private static final int[] SEEDS = {1, 2, 3};
    private static final int STEPS = 600; // of training, at least
    private static final int HORIZON = 12;

    private static Path folder;

    @BeforeAll static void find() {
        String cache = System.getenv("MERAPI_CACHE");
        assumeTrue(cache != null, "MERAPI_CACHE is not set: no series");
        folder = Path.of(cache, "series");
        assumeTrue(Files.isDirectory(folder), folder + " is missing");
    }

    private static Backtest backtest(String name, int season, int origins) {
        var rows = Table.read(folder.resolve(name + ".csv")).frame();
        return Backtest.last(Series.of(rows, Series.Columns.of("month", "value")), HORIZON, origins, season);
    }

    /** The mean MASE of all networks' best. */
    private static double measure(String name, int season, int origins, int context) {
        var test = backtest(name, season, origins);
        double naive = print(name, "seasonal naive", test.of(Baselines.seasonalNaive(season)));
        print(name, "naive", test.of(Baselines.naive()));
        print(name, "ARIMA", test.of(new Arima(season)));
        double best = Double.POSITIVE_INFINITY;
        for (var model : ForecastModel.values()) {
            var results = Arrays.stream(SEEDS).mapToObj(seed -> train(model, test, season, context, seed)).toList();
            System.out.printf("| %s | %s | %s | %s | %s |%n", name, model.name().toLowerCase(),
                    spread(results.stream().mapToDouble(Backtest.Result::mase).toArray()),
                    spread(results.stream().mapToDouble(Backtest.Result::smape).toArray()),
                    spread(results.stream().mapToDouble(Backtest.Result::crps).toArray()));
            best = Math.min(best, results.stream().mapToDouble(Backtest.Result::mase).average().orElseThrow());
        }
        return best / naive;
    }

    private static double print(String name, String method, Backtest.Result result) {
        System.out.printf("| %s | %s | %.3f | %.3f | %.3f |%n", name, method, result.mase(), result.smape(),
                result.crps());
        return result.mase();
    }

    private static Backtest.Result train(ForecastModel kind, Backtest test, int season, int context, int seed) {
        var config = new ForecastRecipe().defaults();
        config = new ForecastRecipe.Config("", "month", "value", "", List.of(), kind, context, HORIZON, season,
                Forecast.DECILES, config.scaling(), 1, 32, config.layers(), config.dropout(), 1, 32, 2e-3, 0.01, seed);
        Torch.seed(seed);
        try (var model = kind.of(config, 0, config.levels())) {
            var task = ForecastTask.of(model, config.windows(), config.levels(), season);
            var windows = task.train(test.training(), config.batchSize(), seed);
            int epochs = Math.ceilDiv(STEPS, windows.batches());
            Trainer.of(task).optimizer(m -> new AdamW(m, 2e-3)).epochs(epochs).scheduleOver(Schedule::cosine)
                    .seed(seed).fit(windows);
            return test.of(task.method());
        }
    }

    private static String spread(double[] values) {
        double mean = Arrays.stream(values).average().orElseThrow();
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        return "%.3f ± %.3f".formatted(mean, Math.sqrt(squares / (values.length - 1)));
    }

    @Test void networksBeatTheSeasonalNaiveForecast() {
        System.out.println("| series | method | MASE | sMAPE | CRPS |\n|---|---|---|---|---|");
        var ratios = Map.of("air-passengers", measure("air-passengers", 12, 3, 36),
                "nottem", measure("nottem", 12, 5, 36), "co2", measure("co2", 12, 5, 36),
                "sunspots", measure("sunspots", 132, 10, 132));
        ratios.forEach((name, ratio) -> assertTrue(ratio < 1, name + " " + ratio));
    }
}
