package dev.merapi.tabular.model;

import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.Target;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Losses and gradients of models whose formula is short, against that formula written out over single numbers in double
 * precision; the reference's gradients are its central differences.
 */
class ReferenceTest {
    private static final int[] LABELS = {1, 0, 1};
    private static final Target TWO = new Target.Classes("y", List.of("no", "yes"));

    private Scope scope;

    @BeforeEach void open() {
        scope = Scope.open();
        Torch.seed(1);
    }

    @AfterEach void close() { scope.close(); }

    /** A model's weights as plain numbers, by name. */
    private static Map<String, double[]> weights(Layer model) {
        var weights = new TreeMap<String, double[]>();
        model.params().forEach((name, param) -> weights.put(name, param.toDoubles()));
        return weights;
    }

    /** Compares loss and all gradients of binary cross-entropy with those of a reference that gives a row's score. */
    private static void compare(TableNet model, Score reference) {
        model.params().values().forEach(ReferenceTest::spread);
        var loss = TableTask.of(model, TWO).forward(Batches.of(Tensor.of(new long[] {1, 0, 1}))).loss();
        var weights = weights(model);
        ToDoubleFunction<Map<String, double[]>> byHand = w -> {
            double sum = 0;
            for (int row = 0; row < 3; row++) {
                double z = reference.of(w, row);
                sum += LABELS[row] == 1 ? Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z));
            }
            return sum / 3;
        };
        assertEquals(byHand.applyAsDouble(weights), loss.item(), 1e-5);
        loss.backward();
        model.params().forEach((name, param) -> {
            double[] w = weights.get(name), expected = new double[w.length];
            for (int i = 0; i < w.length; i++) {
                double at = w[i], h = 1e-5;
                w[i] = at + h;
                double above = byHand.applyAsDouble(weights);
                w[i] = at - h;
                expected[i] = (above - byHand.applyAsDouble(weights)) / (2 * h);
                w[i] = at;
            }
            assertArrayEquals(expected, param.grad().toDoubles(), 1e-5, name);
        });
        model.close();
    }

    private interface Score {
        double of(Map<String, double[]> weights, int row);
    }

    /** Large enough for pairs to matter. */
    private static void spread(Param param) { Init.normal(0, 0.7).apply(param); }

    /** Vectors of all fields of a row, in the order categories, cross, list, numbers. */
    private static double[][] vectors(double[] ids, double[] numbers, int row, int width) {
        var all = new double[6][width];
        for (int d = 0; d < width; d++) {
            all[0][d] = ids[Batches.CATEGORIES[row][0] * width + d];
            all[1][d] = ids[(4 + Batches.CATEGORIES[row][1]) * width + d];
            all[2][d] = ids[(7 + Batches.CROSSES[row][0]) * width + d];
            int there = 0;
            for (int id : Batches.LIST[row]) {
                if (id == 0) continue;
                there++;
                all[3][d] += ids[(13 + id) * width + d];
            }
            all[3][d] /= Math.max(1, there);
            for (int n = 0; n < 2; n++) all[4 + n][d] = Batches.NUMBERS[row][n] * numbers[n * width + d];
        }
        return all;
    }

    private static double linear(Map<String, double[]> w, String prefix, int row) {
        double y = w.get(prefix + "bias")[0];
        for (double[] field : vectors(w.get(prefix + "weights.ids"), w.get(prefix + "weights.numbers"), row, 1)) {
            y += field[0];
        }
        return y;
    }

    private static double dot(double[] a, double[] b, int fromA, int fromB, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) sum += a[fromA + i] * b[fromB + i];
        return sum;
    }

    @Test void logisticRegression() {
        compare(new LinearModel(Batches.INPUTS, 1), (w, row) -> linear(w, "", row));
    }

    @Test void factorizationMachine() {
        compare(new FactorizationMachine(Batches.INPUTS, 1, 3), (w, row) -> {
            double y = linear(w, "linear.", row);
            var v = vectors(w.get("vectors.ids"), w.get("vectors.numbers"), row, 3);
            for (int i = 0; i < v.length; i++) {
                for (int j = i + 1; j < v.length; j++) y += dot(v[i], v[j], 0, 0, 3);
            }
            return y;
        });
    }

    @Test void fieldAwareFactorizationMachine() {
        compare(new FieldAwareFm(Batches.INPUTS, 1, 2), (w, row) -> {
            double y = linear(w, "linear.", row);
            var v = vectors(w.get("vectors.ids"), w.get("vectors.numbers"), row, 6 * 2); // for each other field
            for (int i = 0; i < v.length; i++) {
                for (int j = i + 1; j < v.length; j++) y += dot(v[i], v[j], 2 * j, 2 * i, 2);
            }
            return y;
        });
    }

    @Test void deepFm() {
        var options = new DeepOptions(2, List.of(3), 0, false);
        compare(new DeepFm(Batches.INPUTS, 1, options), (w, row) -> {
            double y = linear(w, "linear.", row);
            var v = vectors(w.get("vectors.ids"), w.get("vectors.numbers"), row, 2);
            var joined = new double[12];
            for (int i = 0; i < v.length; i++) {
                for (int j = i + 1; j < v.length; j++) y += dot(v[i], v[j], 0, 0, 2);
                System.arraycopy(v[i], 0, joined, 2 * i, 2);
            }
            return y + layers(w, "", joined, 3);
        });
    }

    @Test void wideAndDeep() {
        var options = new DeepOptions(2, List.of(3), 0, false);
        compare(new WideDeep(Batches.INPUTS, 1, options), (w, row) ->
                linear(w, "wide.", row) + layers(w, "deep.", joined(w, "deep.inputs.embedding.ids", row), 3));
    }

    @Test void deepAndCross() {
        var options = new DeepOptions(2, List.of(3), 0, false);
        for (boolean stacked : new boolean[] {false, true}) {
            compare(new DcnV2(Batches.INPUTS, 1, 2, stacked, options), (w, row) -> {
                double[] x0 = joined(w, "inputs.embedding.ids", row), x = x0;
                for (int layer = 0; layer < 2; layer++) {
                    double[] wx = affine(w, "crosses." + layer, x, x.length), next = new double[x.length];
                    for (int i = 0; i < x.length; i++) next[i] = x0[i] * wx[i] + x[i];
                    x = next;
                }
                if (stacked) return layers(w, "", x, 3);
                double[] deep = hidden(w, "", x0, 3);
                double y = w.get("head.bias")[0] + dot(w.get("head.weight"), x, 0, 0, x.length);
                return y + dot(w.get("head.weight"), deep, x.length, 0, 3);
            });
        }
    }

    /** Vectors of 2 of categories and list, then the numbers. */
    private static double[] joined(Map<String, double[]> w, String ids, int row) {
        // without a cross the list's ids begin at 7: move them to where vectors() looks
        double[] table = w.get(ids), moved = new double[2 * 18];
        System.arraycopy(table, 0, moved, 0, 2 * 7);
        System.arraycopy(table, 2 * 7, moved, 2 * 13, 2 * 5);
        var v = vectors(moved, new double[4], row, 2);
        return new double[] {v[0][0], v[0][1], v[1][0], v[1][1], v[3][0], v[3][1], Batches.NUMBERS[row][0],
            Batches.NUMBERS[row][1]};
    }

    private static double[] affine(Map<String, double[]> w, String name, double[] x, int out) {
        var y = new double[out];
        for (int o = 0; o < out; o++) {
            y[o] = w.get(name + ".bias")[o] + dot(w.get(name + ".weight"), x, o * x.length, 0, x.length);
        }
        return y;
    }

    private static double[] hidden(Map<String, double[]> w, String prefix, double[] x, int width) {
        double[] y = affine(w, prefix + "deep.layers.0", x, width);
        for (int i = 0; i < width; i++) y[i] = Math.max(0, y[i]);
        return y;
    }

    private static double layers(Map<String, double[]> w, String prefix, double[] x, int width) {
        return affine(w, prefix + "head", hidden(w, prefix, x, width), 1)[0];
    }

    /** Σ of −log softmax, by hand; and a number on the target's scale. */
    @Test void otherTargets() {
        var three = new Target.Classes("y", List.of("a", "b", "c"));
        var model = new FactorizationMachine(Batches.INPUTS, 3, 2);
        model.params().values().forEach(ReferenceTest::spread);
        var batch = Batches.of(Tensor.of(new long[] {2, 0, 1}));
        double[] scores = model.forward(batch).toDoubles();
        double expected = 0;
        int[] labels = {2, 0, 1};
        for (int row = 0; row < 3; row++) {
            double sum = 0;
            for (int c = 0; c < 3; c++) sum += Math.exp(scores[3 * row + c]);
            expected += (Math.log(sum) - scores[3 * row + labels[row]]) / 3;
        }
        var task = TableTask.of(model, three);
        assertEquals(expected, task.forward(batch).loss().item(), 1e-5);
        double[] p = task.predict(batch).toDoubles();
        assertEquals(1, p[0] + p[1] + p[2], 1e-6);

        var numbers = new Target.Numbers("y", 100, 20);
        var line = new LinearModel(Batches.INPUTS, 1);
        line.params().values().forEach(ReferenceTest::spread);
        var rows = Batches.of(Tensor.of(new float[] {90, 120, 100}));
        double[] y = line.forward(rows).toDoubles();
        var pass = TableTask.of(line, numbers).forward(rows);
        double squares = Math.pow(y[0] + 0.5, 2) + Math.pow(y[1] - 1, 2) + Math.pow(y[2], 2);
        assertEquals(squares / 3, pass.loss().item(), 1e-4);
        assertEquals(100 + 20 * y[0], ((Tensor) pass.prediction()).toDoubles()[0], 1e-3);
        assertArrayEquals(((Tensor) pass.prediction()).toDoubles(),
                TableTask.of(line, numbers).predict(rows).toDoubles(), 1e-9);
        var error = assertThrows(IllegalArgumentException.class, () -> TableTask.of(line, three).forward(batch));
        assertTrue(error.getMessage().startsWith("TableTask: expected the model to give (B, 3)"), error.getMessage());
        model.close();
        line.close();
    }

    /** With one output for each class, the pairs of each class are those of a machine of its own. */
    @Test void severalOutputsAreSeveralMachines() {
        var both = new FactorizationMachine(Batches.INPUTS, 2, 3);
        var inputs = new Inputs(2, List.of(4, 3), List.of(5), List.of(6));
        var one = new FactorizationMachine(inputs, 1, 3);
        both.params().values().forEach(ReferenceTest::spread);
        try (var _ = Torch.noGrad()) {
            one.params().forEach((name, param) -> {
                int width = name.startsWith("vectors") ? 3 : 1;
                param.copy_(both.params().get(name).narrow(-1, width, width)); // those of the second
            });
        }
        var batch = Batches.of(null);
        assertArrayEquals(both.forward(batch).select(1, 1).toFloats(), one.forward(batch).squeeze(1).toFloats(), 1e-5f);
        both.close();
        one.close();
    }
}
