package dev.merapi.explain.shap;

import dev.merapi.tabular.classic.Algorithm;
import dev.merapi.tabular.classic.ClassicModel;
import dev.merapi.tabular.classic.ClassicOptions;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tabular.data.Target;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TreeShapTest {
    private static final Inputs INPUTS = new Inputs(2, List.of(4, 3), List.of(), List.of());

    /** The first number and the second category decide. */
    private static TableBatch rows(int count) {
        Torch.seed(1);
        var numbers = Tensor.randn(count, 2);
        var categories = Tensor.cat(List.of(Tensor.randint(0, 4, count, 1), Tensor.randint(0, 3, count, 1)), 1);
        var score = numbers.select(1, 0).add(categories.select(1, 1).eq(2).to(DType.FLOAT32).mul(3)).sub(1);
        return new TableBatch(numbers, categories, List.of(), Tensor.zeros(DType.INT64, count, 0),
                score.gt(0).to(DType.INT64));
    }

    @Test void contributionsSumToTheModelsOutput() {
        try (var _ = Scope.open()) {
            var target = new Target.Classes("y", List.of("no", "yes"));
            var model = new ClassicModel(Algorithm.BOOSTING, INPUTS, target, ClassicOptions.DEFAULT);
            var rows = rows(300);
            model.fit(rows);
            double[] outputs = model.forward(rows).toDoubles();
            var found = TreeShap.of(model, rows, 0);
            var strength = new double[4];
            for (int i = 0; i < 300; i++) {
                assertEquals(outputs[i], found.get(i).output(), 1e-4);
                assertEquals(0, found.get(i).gap(), 1e-6);
                for (int f = 0; f < 4; f++) strength[f] += Math.abs(found.get(i).values()[f]) / 300;
            }
            assertTrue(strength[0] > 3 * strength[1] && strength[3] > 3 * strength[2], List.of(strength[0],
                    strength[1], strength[2], strength[3]).toString());
            assertThrows(IllegalArgumentException.class, () -> TreeShap.of(model, rows, 1));
            model.close();
        }
    }

    @Test void otherModelsAreRefused() {
        try (var _ = Scope.open()) {
            var target = new Target.Classes("y", List.of("no", "yes"));
            var model = new ClassicModel(Algorithm.FOREST, INPUTS, target, ClassicOptions.DEFAULT);
            var rows = rows(50);
            model.fit(rows);
            var error = assertThrows(UnsupportedOperationException.class, () -> TreeShap.of(model, rows, 0));
            assertTrue(error.getMessage().contains("take KernelShap"), error.getMessage());
            model.close();
        }
    }
}
