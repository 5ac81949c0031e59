package dev.merapi.tabular.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Runs;
import dev.merapi.recipe.Settings;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tabular.data.Table;
import dev.merapi.tabular.data.Target;
import dev.merapi.tensor.Scope;
import dev.merapi.train.Epoch;
import dev.merapi.train.Listener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TableRecipeTest {
    @TempDir Path folder;

    private Path table;

    @BeforeEach void write() {
        table = folder.resolve("people.csv");
        Table.sql("""
                select i as id, x, case when i % 11 = 0 then null else y end as y, c, date '2024-01-01' + i::int as day,
                    case when x + (c = 'b')::int > 0.3 then 'yes' else 'no' end as answer, x * 10 + 3 as amount
                from (select i, sin(i * 1.7) as x, cos(i * 2.3) as y, case when i % 3 = 0 then 'b' else 'a' end as c
                    from range(300) t(i)) t order by i""").frame().write(table);
    }

    private Path train(String name, String... settings) {
        Path run = folder.resolve(name);
        var all = new ArrayList<>(List.of("data=" + table, "epochs=12", "batch_size=32", "trees=20",
                "drop=[id]", "learning_rate=0.01"));
        all.addAll(List.of(settings));
        try (var job = Recipes.named("table").job(all.toArray(String[]::new))) {
            job.fit(run);
        }
        return run;
    }

    /** The command's way in: the file is read, rows are answered, and the answers are those of training's batches. */
    @Test void modelsAreTrainedAndAsked() throws IOException {
        for (var model : List.of(TableModel.MLP, TableModel.WIDE_DEEP, TableModel.KERNEL_SVM, TableModel.BOOSTING)) {
            Path run = train(model.name(), "target=answer", "drop=[id, amount]",
                    "model=" + model.name().toLowerCase());
            double accuracy;
            float[] probabilities;
            try (var job = Runs.open(run); var _ = Scope.open()) {
                accuracy = job.evaluate().get("accuracy");
                probabilities = probabilities(job);
                assertEquals(List.of("no", "yes"), job.labels());
            }
            assertTrue(accuracy > 0.8, model + " " + accuracy);
            try (var predictor = Predictor.open(run)) {
                Path answers = Files.writeString(folder.resolve("answers.csv"), predictor.ask(table.toString(), 1));
                var frame = Table.read(answers).frame();
                assertEquals(300, frame.size());
                assertEquals(List.of("id", "x", "y", "c", "day", "answer", "amount", "answer_predicted", "answer_no",
                        "answer_yes"), frame.names());
                // the rows held out, in the order of the test loader, are among them
                for (int i = 0; i < probabilities.length; i += 2) {
                    double p = probabilities[i + 1];
                    assertTrue(Arrays.stream(frame.column("answer_yes").numbers())
                            .anyMatch(q -> Math.abs(p - q) < 2e-6), model + " " + p);
                }
            }
        }
    }

    @Test void everyModelTakesAStep() {
        for (var model : TableModel.values()) {
            try (var job = Recipes.named("table").job("data=" + table, "target=answer", "drop=[id, amount]", "epochs=1",
                    "batch_size=200", "trees=5", "crosses=[c*x]", "model=" + model.name().toLowerCase())) {
                var run = job.fit();
                run.last().values().forEach((name, value) -> assertTrue(Double.isFinite(value), model + " " + name));
                assertFalse(job.summary().toString().isEmpty());
            }
        }
    }

    private static <B> float[] probabilities(Job<B> job) {
        try (var test = job.test()) {
            return job.trainer().predict(test).toFloats();
        }
    }

    @Test void numbersArePredictedToo() {
        for (String model : List.of("mlp", "linear", "boosting")) {
            Path run = train("n" + model, "target=amount", "drop=[id, answer]", "model=" + model);
            try (var job = Runs.open(run)) {
                assertTrue(job.evaluate().get("r2") > 0.9, model + " " + job.evaluate());
                assertEquals(List.of(), job.labels());
                assertFalse(job.summary().toString().isEmpty());
            }
        }
    }

    /** One row as a program sends it is the same row of a file. */
    @Test void aRowIsAnObject() {
        Path run = train("row", "target=answer", "drop=[id, amount]");
        try (var predictor = Predictor.open(run).as(Frame.class, Frame.class)) {
            var all = predictor.predict(predictor.parse(table.toString())).rows();
            var row = all.get(1);
            var one = predictor.predict(predictor.parse("{\"x\": " + row.get("x") + ", \"y\": " + row.get("y")
                    + ", \"c\": \"" + row.get("c") + "\", \"day\": \"" + row.get("day") + "\"}")).rows().getFirst();
            assertEquals((double) row.get("answer_yes"), (double) one.get("answer_yes"), 2e-6);
            var error = assertThrows(IllegalArgumentException.class, () -> predictor.ask("{\"x\": \"big\"}", 1));
            assertEquals("x: expected a value of kind number. Received big.", error.getMessage());
        }
    }

    @Test void aRunThatStoppedGoesOn() {
        Path run = folder.resolve("stopped");
        String[] settings = {"data=" + table, "target=answer", "drop=[id, amount]", "epochs=4"};
        try (var job = Recipes.named("table").job(settings)) {
            job.trainer().listen(new Listener() {
                @Override public void epoch(Epoch epoch) { if (epoch.epoch() == 2) job.trainer().stop(); }
            });
            job.fit(run);
        }
        try (var job = Runs.resume(run)) {
            assertEquals(4, job.fit().history().size());
        }
        Path whole = folder.resolve("whole");
        try (var job = Recipes.named("table").job(settings)) {
            job.fit(whole);
        }
        try (var a = Runs.open(run); var b = Runs.open(whole); var _ = Scope.open()) {
            assertArrayEquals(probabilities(a), probabilities(b));
        }
    }

    @Test void clicksAreReadPartByPart() {
        Path run = folder.resolve("clicks");
        Path clicks = folder.resolve("clicks.csv");
        Table.sql("""
                select 'u' || u as user, 'i' || i as item, (u + i) % 2 as click from (
                    select (n * 31 + n // 7) % 50 as u, (n * 7 + n // 3) % 40 as i from range(5000) t(n)) t""")
                .frame().write(clicks);
        try (var job = Recipes.named("click").job("data=" + clicks, "epochs=6", "batch_size=50", "buffer=500",
                "learning_rate=0.005", "min_count=1")) {
            job.fit(run);
            assertTrue(job.evaluate().get("roc_auc") > 0.95, "" + job.evaluate());
        }
        try (var job = Runs.open(run)) {
            assertTrue(job.evaluate().get("roc_auc") > 0.95);
        }
    }

    @Test void modelsAreComparedOnTheSameFolds() {
        var config = new TableRecipe().defaults();
        var given = Settings.override(Map.of(), "data=" + table, "target=answer",
                "drop=[id, amount]", "epochs=8", "trees=10", "learning_rate=0.01");
        var result = Comparison.run(Settings.bind(config, given, "test"),
                List.of(TableModel.LINEAR, TableModel.FOREST, TableModel.MLP), 3, _ -> { });
        assertEquals(List.of("linear", "forest", "mlp"), List.copyOf(result.summary().keySet()));
        result.summary().forEach((model, scores) -> {
            assertTrue(scores.get("accuracy").mean() > 0.8, model + " " + scores);
            assertTrue(scores.get("accuracy").deviation() < 0.2, model + " " + scores);
        });
        assertTrue(result.markdown().startsWith("| model | accuracy | roc_auc | log_loss | calibration_error |\n"
                + "|---|---|---|---|---|\n" + "| linear | 0."), result.markdown());
    }

    /** Whatever is done for a rare class, the rows to measure with stay as they are. */
    @Test void rareClassesAreLearnt() {
        for (var balance : TableConfig.Balance.values()) {
            boolean ofLoss = balance.isOfLoss();
            for (String model : ofLoss ? List.of("mlp") : List.of("mlp", "boosting")) {
                Path run = train("b" + balance + model, "target=answer", "drop=[id, amount]", "model=" + model,
                        "balance=" + balance.name().toLowerCase(), "auc_by=c");
                try (var job = Runs.open(run)) {
                    var values = job.evaluate();
                    assertTrue(values.get("roc_auc") > 0.9, balance + " " + model + " " + values);
                    assertTrue(values.get("grouped_roc_auc") > 0.9, balance + " " + model + " " + values);
                    assertEquals(60, count(job));
                }
            }
        }
        var target = new Target.Classes("answer", List.of("no", "yes"));
        assertArrayEquals(new double[] {0.75, 1.5}, BalancedLoss.weights(target,
                Table.sql("select unnest(['no', 'no', 'yes']) as answer").frame()), 1e-12);
    }

    private static <B> int count(Job<B> job) {
        try (var test = job.test()) {
            return (int) job.trainer().predict(test).size(0);
        }
    }

    @Test void wrongSettingsAreNamed() {
        var cases = List.of(
                List.of("", "data: expected a table, such as titanic.csv. Received none; add data=<file>."),
                List.of("data=" + table, "target: expected one of the columns [id, x"),
                List.of("data=" + table + " target=anser", "did you mean answer?"),
                List.of("data=" + table + " target=answer split=temporal", "by: expected a column to split by"),
                List.of("data=" + table + " target=answer model=boosting balance=focal",
                        "balance: expected none, over, under or smote"),
                List.of("data=" + table + " target=amount balance=smote", "balance: expected none for a target of"),
                List.of("data=" + table + " target=answer model=tree", "model: expected one of mlp"),
                List.of("data=" + table + " target=answer drop=[ammount]", "drop: expected columns of [id, x, y, c,"),
                List.of("data=" + table + " target=answer drop=[ammount]", "Received ammount; did you mean amount?"),
                List.of("data=" + table + " target=answer auc_by=user", "auc_by: expected columns of [id, x"),
                List.of("data=" + table + " target=amount auc_by=c", "auc_by: expected a target of two classes."),
                List.of("data=" + table + " target=answer crosses=[c*z]", "crosses: expected columns of [id, x"),
                List.of("data=" + table + " target=answer crosses=[c]", "crosses: expected columns joined by *"));
        for (var each : cases) {
            String[] settings = each.getFirst().isEmpty() ? new String[0] : each.getFirst().split(" ");
            var error = assertThrows(IllegalArgumentException.class, () -> Recipes.named("table").job(settings));
            assertTrue(error.getMessage().contains(each.getLast()), error.getMessage());
        }
    }
}
