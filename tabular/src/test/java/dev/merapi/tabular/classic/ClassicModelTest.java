package dev.merapi.tabular.classic;

import dev.merapi.data.Loader;
import dev.merapi.io.Safetensors;
import dev.merapi.tabular.data.Feature;
import dev.merapi.tabular.data.Features;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.Table;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tabular.data.TablePreprocessing;
import dev.merapi.tabular.data.TableSplit;
import dev.merapi.tabular.data.Target;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ClassicModelTest {
    private static final ClassicOptions SMALL = ClassicOptions.DEFAULT.trees(20).depth(3);

    @TempDir Path folder;

    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    /** Classes and a number that follow, with some noise, from x, from y and from a category. */
    private static final Frame ROWS = Table.sql("""
            select x, y, c, case when x + y + (c = 'b')::int * 2 + noise > 1 then 'high' else 'low' end as two,
                case when x + noise < -0.5 then 'left' when x + noise < 0.5 then 'middle' else 'right' end as three,
                3 * x - 2 * y + (c = 'b')::int * 5 + 40 + noise as number
            from (select sin(i * 1.7) * 1.5 as x, cos(i * 2.3) * 1.5 as y,
                case when i % 3 = 0 then 'b' else 'a' end as c, sin(i * 12.9898) * 0.2 as noise
                from range(400) t(i)) t""").frame();

    private static TablePreprocessing preprocessing(String target, Frame train) {
        return TablePreprocessing.fit(new Features(List.of(Feature.number("x"), Feature.number("y"),
                Feature.category("c")), target, !target.equals("number")), train);
    }

    @Test void everyAlgorithmLearns() {
        for (var algorithm : Algorithm.values()) {
            for (String target : List.of("two", "three", "number")) {
                var fold = TableSplit.random(ROWS, 0.25, 3);
                var preprocessing = preprocessing(target, fold.train());
                var model = new ClassicModel(algorithm, preprocessing.inputs(), preprocessing.target(), SMALL);
                var trainer = ClassicTask.trainer(model, preprocessing.target());
                trainer.fit(Loader.of(preprocessing.rows(fold.train()), fold.train().size()));
                var values = trainer.evaluate(Loader.of(preprocessing.rows(fold.test()), 32));
                String what = algorithm + " " + target + " " + values;
                boolean isLinear = algorithm == Algorithm.LINEAR || algorithm == Algorithm.LINEAR_SVM;
                double least = isLinear && target.equals("three") ? 0.6 : 0.85; // no line has the middle on one side
                assertTrue(values.get(target.equals("number") ? "r2" : "accuracy") > least, what);
                if (target.equals("two")) assertTrue(values.get("roc_auc") > 0.95, what);
                assertTrue(values.values().stream().allMatch(Double::isFinite), what);
                var p = trainer.predict(preprocessing.apply(fold.test()));
                if (target.equals("three")) {
                    assertArrayEquals(new long[] {100, 3}, p.shape());
                    assertEquals(100, p.sum().item(), 1e-3);
                }
                model.close();
            }
        }
    }

    @Test void savedAndLoadedTheyGiveTheSame() {
        for (var algorithm : Algorithm.values()) {
            for (String target : List.of("two", "number")) {
                var preprocessing = preprocessing(target, ROWS);
                var model = new ClassicModel(algorithm, preprocessing.inputs(), preprocessing.target(), SMALL);
                var batch = preprocessing.apply(ROWS);
                model.fit(batch);
                Path file = folder.resolve("model.safetensors");
                Safetensors.save(model, file);
                var loaded = new ClassicModel(algorithm, preprocessing.inputs(), preprocessing.target(), SMALL,
                        model.tensors().get("fitted").numel());
                Safetensors.load(loaded, file);
                assertArrayEquals(model.forward(batch).toFloats(), loaded.forward(batch).toFloats(),
                        algorithm + " " + target);
                model.close();
                loaded.close();
            }
        }
    }

    @Test void aModelThatWasNotFittedSaysSo() {
        var target = new Target.Numbers("y", 0, 1);
        try (var model = new ClassicModel(Algorithm.FOREST, new Inputs(1, List.of(), List.of(), List.of()), target,
                SMALL)) {
            var row = new TableBatch(Tensor.zeros(1, 1), Tensor.of(new long[0], 1, 0), List.of(),
                    Tensor.of(new long[0], 1, 0), null);
            var error = assertThrows(IllegalStateException.class, () -> model.forward(row));
            assertTrue(error.getMessage().contains("call fit first"), error.getMessage());
        }
    }

    @Test void rowsAreOneHot() {
        var inputs = new Inputs(2, List.of(3), List.of(4), List.of(2));
        var batch = new TableBatch(Tensor.of(new float[][] {{0, 1.5f}, {2, 0}}), Tensor.of(new long[] {2, 0}, 2, 1),
                List.of(Tensor.of(new long[] {3, 1, 3, 0, 0, 0}, 2, 3)), Tensor.of(new long[] {1, 0}, 2, 1), null);
        var rows = SparseRows.of(batch, inputs);
        assertArrayEquals(new double[] {0, 1.5, 0, 0, 1, 0, 1, 0, 1, 0, 1, 2, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0},
                rows.dense().toDoubles());
    }

    /** y = 1 + 2 a - b exactly: with hardly a penalty, its weights are found. */
    @Test void ridgeFindsALine() {
        var rows = new SparseRows(new long[] {0, 2, 4, 5, 6}, new int[] {0, 1, 0, 1, 0, 1},
                new float[] {1, 2, 3, 1, 2, 5}, 2);
        var ridge = Ridge.fit(rows, new float[] {1, 6, 5, -4}, ClassicOptions.DEFAULT.c(1e9));
        assertArrayEquals(new double[] {2, -1}, ridge.weights(), 1e-6);
        assertEquals(1, ridge.constant(), 1e-6);
        assertEquals(6, Ridge.load(ridge.bytes()).outputs(rows)[1][0], 1e-5);
    }
}
