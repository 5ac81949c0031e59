package dev.merapi.tabular.series;

import dev.merapi.optim.Adam;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Trainer;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ForecastersTest {
    private static final int L = 12, H = 4, Q = 3;

    private Scope scope;

    @BeforeEach void open() {
        scope = Scope.open();
        Torch.seed(5);
    }

    @AfterEach void close() { scope.close(); }

    private static List<Supplier<Forecaster>> models(int covariates) {
        return List.of(() -> new DLinear(L, H, covariates, Q), () -> new LstmForecaster(H, covariates, Q, 8, 1),
                () -> new TcnForecaster(H, covariates, Q, 8, 2, 0.1),
                () -> new NBeats(L, H, covariates, Q, new NBeats.Options(2, 2, 16, false)),
                () -> new NBeats(L, H, covariates, Q, new NBeats.Options(4, 2, 16, true)),
                () -> new PatchTst(L, H, covariates, Q, new PatchTst.Options(4, 2, 8, 1, 2, 0.1)));
    }

    @Test void everyParameterLearnsAndNothingIsLeft() {
        for (int covariates : new int[] {0, 2}) {
            for (var made : models(covariates)) {
                long before = Scope.live();
                try (var model = made.get(); var _ = Scope.open()) {
                    String what = model.getClass().getSimpleName() + " " + covariates;
                    var out = model.forward(Tensor.randn(5, L), Tensor.randn(5, L + H, covariates));
                    assertArrayEquals(new long[] {5, H, Q}, out.shape(), what);
                    out.square().mean().backward();
                    for (var param : model.params().entrySet()) {
                        // what the last block leaves of the context is thrown away
                        if (param.getValue().grad() == null && param.getKey().contains(".past.")) continue;
                        double size = param.getValue().grad().abs().max().item();
                        assertTrue(Double.isFinite(size) && size > 0, what + " " + param.getKey() + " " + size);
                    }
                }
                assertTrue(Scope.live() <= before, made.get().getClass().getSimpleName());
            }
        }
    }

    /** Moving average over 5 of 6 steps with the ends repeated, written out. */
    @Test void dLinearByHand() {
        int context = 6;
        try (var model = new DLinear(context, 2, 0, 1)) {
            double[] x = {1, 4, 2, 8, 5, 7};
            double[] padded = {1, 1, 1, 4, 2, 8, 5, 7, 7, 7};
            var smooth = IntStream.range(0, context).mapToDouble(t -> IntStream.range(t, t + 5)
                    .mapToDouble(i -> padded[i]).sum() / 5).toArray();
            var weights = model.params();
            double[] w = weights.get("trend.weight").toDoubles(), v = weights.get("rest.weight").toDoubles();
            double[] b = weights.get("trend.bias").toDoubles(), c = weights.get("rest.bias").toDoubles();
            var expected = new double[2];
            for (int h = 0; h < 2; h++) {
                expected[h] = b[h] + c[h];
                for (int t = 0; t < context; t++) {
                    expected[h] += w[h * context + t] * smooth[t] + v[h * context + t] * (x[t] - smooth[t]);
                }
            }
            var out = model.forward(Tensor.of(new float[][] {{1, 4, 2, 8, 5, 7}}), Tensor.zeros(1, 8, 0));
            assertArrayEquals(expected, out.toDoubles(), 1e-5);
        }
    }

    /** What its blocks say adds up; trends are polynomials of degree 2, whose third differences are 0. */
    @Test void nBeatsExplainsItself() {
        try (var model = new NBeats(L, 8, 0, 1, new NBeats.Options(2, 2, 16, true))) {
            var x = Tensor.randn(3, L);
            var parts = model.parts(x);
            assertEquals(2, parts.size());
            assertArrayEquals(parts.get(0).add(parts.get(1)).toDoubles(), model.forward(x, Tensor.zeros(3, L + 8, 0))
                    .toDoubles(), 1e-6);
            double[] trend = parts.get(0).select(0, 0).flatten().toDoubles();
            for (int t = 3; t < 8; t++) {
                assertEquals(0, trend[t] - 3 * trend[t - 1] + 3 * trend[t - 2] - trend[t - 3], 1e-5);
            }
            // whole periods within the horizon: seasons have no mean
            assertEquals(0, parts.get(1).mean().item(), 1e-5);
        }
    }

    /** A step never sees a later one. */
    @Test void convolutionsLookBack() {
        try (var block = new TcnForecaster.Block(1, 3, 2, 0)) {
            var x = Tensor.randn(1, 1, L);
            var changed = Tensor.cat(List.of(x.narrow(2, 0, 7), Tensor.randn(1, 1, L - 7)), 2);
            var a = block.forward(x);
            var b = block.forward(changed);
            assertArrayEquals(a.narrow(2, 0, 7).toDoubles(), b.narrow(2, 0, 7).toDoubles(), 1e-6);
            assertTrue(a.sub(b).narrow(2, 7, L - 7).abs().max().item() > 1e-4);
        }
    }

    @Test void everyModelLearnsAWave() {
        var wave = Series.of("wave", IntStream.range(0, 160)
                .mapToDouble(t -> 10 + 3 * Math.sin(2 * Math.PI * t / 12) + 0.1 * Math.sin(t * 12.9898)).toArray());
        var test = Backtest.last(List.of(wave), H, 4, 1);
        double naive = test.of(Baselines.naive()).mase();
        for (var made : models(0)) {
            try (var model = made.get()) {
                var options = new WindowOptions(L, H, WindowOptions.Scaling.WINDOW);
                var task = ForecastTask.of(model, options, List.of(0.1, 0.5, 0.9), 1);
                var trainer = Trainer.of(task).optimizer(m -> new Adam(m, 5e-3)).epochs(15);
                trainer.fit(task.train(test.training(), 16, 1));
                var result = test.of(task.method());
                String what = model.getClass().getSimpleName() + " " + result;
                assertTrue(result.mase() < 0.5 * naive, what + " naive " + naive);
                // the trainer measures the same
                var values = trainer.evaluate(task.test(test, 3));
                assertEquals(result.mase(), values.get("mase"), 1e-3 * result.mase(), what);
                assertEquals(result.smape(), values.get("smape"), 1e-3 * result.smape(), what);
                var forecast = task.method().forecast(wave, 2);
                assertEquals(2, forecast.horizon());
                assertTrue(forecast.quantile(0.1)[0] <= forecast.quantile(0.9)[0], what);
            }
        }
    }

    @Test void aLongerHorizonIsRefused() {
        try (var model = new DLinear(L, H, 0, 1)) {
            var task = ForecastTask.of(model, new WindowOptions(L, H, WindowOptions.Scaling.NONE), List.of(0.5), 1);
            var error = assertThrows(IllegalArgumentException.class, () -> task.method()
                    .forecast(Series.of("y", new double[20]), H + 1));
            assertTrue(error.getMessage().contains("expected a horizon of 1 to 4"), error.getMessage());
        }
    }
}
