package dev.merapi.tabular.series;

import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Runs;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tabular.data.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ForecastRecipeTest {
    @TempDir Path folder;

    private Path sales;

    /** Months of two shops of different sizes; half of what the rebate is comes on top. One value is missing. */
    @BeforeEach void write() {
        sales = folder.resolve("sales.csv");
        table(120, 120).write(sales);
    }

    private static Frame table(int values, int months) {
        return Table.sql("""
                select shop, date '2010-01-01' + to_months(m::int) as month, case when m >= %d or m = 50 then null else
                    size * (10 + 3 * sin(pi() * m / 6) + rebate / 2.0) end as sold, rebate
                from (select s.shop, s.size, m, (m * 7 %% 5) as rebate from range(%d) t(m),
                    (values ('north', 1), ('south', 100)) s(shop, size)) x order by m, shop"""
                .formatted(values, months)).frame();
    }

    private List<String> settings(String... more) {
        var all = new ArrayList<>(List.of("data=" + sales, "time=month", "target=sold", "series=shop", "horizon=4",
                "context=12", "epochs=12", "width=16", "layers=1", "learning_rate=0.005"));
        all.addAll(List.of(more));
        return all;
    }

    @Test void everyModelIsTrainedAndAsked() {
        for (var model : ForecastModel.values()) {
            Path run = folder.resolve(model.name());
            double mase;
            try (var job = Recipes.named("forecast").job(settings("model=" + model.name().toLowerCase(),
                    "covariates=[rebate]").toArray(String[]::new))) {
                job.fit(run);
                mase = job.evaluate().get("mase");
                assertFalse(job.summary().toString().isEmpty());
            }
            assertTrue(Double.isFinite(mase), model + " " + mase);
            try (var job = Runs.open(run)) {
                assertTrue(job.evaluate().get("mase") <= mase * 1.0001, model + ""); // the best epoch's
            }
            try (var predictor = Predictor.open(run).as(Frame.class, Frame.class)) {
                var next = predictor.predict(table(120, 124));
                assertEquals(List.of("shop", "month", "sold_predicted", "sold_0.1", "sold_0.25", "sold_0.75",
                        "sold_0.9"), next.names());
                assertEquals(8, next.size());
                assertEquals("2020-01-01", next.column("month").text(0));
                assertEquals("2020-04-01", next.column("month").text(3));
                assertEquals("south", next.column("shop").text(4));
                assertTrue(next.column("sold_predicted").number(4) > 20 * next.column("sold_predicted").number(0));
            }
        }
    }

    /** What the command prints for a file is what the back-test foretold for the same history. */
    @Test void useIsWhatWasMeasured() throws IOException {
        Path run = folder.resolve("same");
        try (var job = Recipes.named("forecast").job(settings("model=dlinear", "origins=1").toArray(String[]::new))) {
            job.fit(run);
        }
        Path early = folder.resolve("early.csv");
        table(116, 116).without("rebate").write(early);
        try (var predictor = Predictor.open(run); var job = Runs.open(run)) {
            var answers = folder.resolve("answers.csv");
            Files.writeString(answers, predictor.ask(early.toString(), 1) + "\n");
            var next = Table.read(answers).frame();
            assertEquals("2019-09-01", next.column("month").text(0));
            double sum = 0;
            var all = Series.of(table(120, 120), Series.Columns.of("month", "sold").by("shop"));
            for (int s = 0; s < 2; s++) {
                var one = all.get(s).filled();
                for (int h = 0; h < 4; h++) {
                    sum += Math.abs(one.values()[116 + h] - next.column("sold_predicted").number(4 * s + h))
                            / ForecastErrors.naiveError(one.until(116).values(), 12) / 8;
                }
            }
            assertEquals(sum, job.evaluate().get("mase"), 1e-4 * sum + 1e-5);
        }
    }

    @Test void wrongSettingsAreNamed() {
        var cases = List.of(
                List.of("data=", "data: expected a table, such as sales.csv"),
                List.of("time=moth", "did you mean month?"),
                List.of("levels=[0.1, 0.9]", "with 0.5 among them"),
                List.of("series=", "is a column missing that names the series?"),
                List.of("origins=40", "Series north: expected at least"),
                List.of("covariates=[price]", "price"),
                List.of("model=arima", "model: expected one of dlinear"));
        for (var each : cases) {
            var error = assertThrows(IllegalArgumentException.class, () -> {
                try (var job = Recipes.named("forecast").job(settings(each.getFirst()).toArray(String[]::new))) {
                    job.fit();
                }
            }, each.toString());
            assertTrue(error.getMessage().contains(each.getLast()), error.getMessage());
        }
    }
}
