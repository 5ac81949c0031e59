package dev.merapi.explain.perturb;

import dev.merapi.explain.Game;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PerturbTest {
    /** 3 a + a b. */
    private static final Unary MODEL = x -> x.select(1, 0).mul(3).add(x.select(1, 0).mul(x.select(1, 1))).unsqueeze(1);

    @Test void partialDependenceIsTheMeanOfTheRows() {
        try (var _ = Scope.open()) {
            var x = Tensor.of(new double[] {0, 1, 1, 2, 2, 6}, 3, 2);
            var found = Dependence.partial(MODEL, x, 0, 3, 0);
            assertArrayEquals(new double[] {0, 1, 2}, found.grid(), 1e-12);
            assertArrayEquals(new double[] {0, 6, 12}, found.mean(), 1e-12); // a (3 + mean of b)
            assertArrayEquals(new double[] {0, 9, 18}, found.rows()[2], 1e-12);
        }
    }

    /** Where a and b are the same, a's own effect at each place is 3 + b there, and not 3 + its mean. */
    @Test void localEffectsStayWhereRowsAre() {
        try (var _ = Scope.open()) {
            Torch.seed(1);
            var a = Tensor.rand(4000, 1).to(DType.FLOAT64);
            var found = Dependence.local(MODEL, Tensor.cat(List.of(a, a), 1), 0, 20, 0);
            double[] grid = found.grid(), mean = found.mean();
            int last = grid.length - 1;
            // the integral of 3 + a from 0 to 1
            assertEquals(3.5, mean[last] - mean[0], 0.05);
            // partial dependence has 3 a + a / 2 instead, which at the middle has half of it
            assertEquals(3 * 0.5 + 0.125, mean[last / 2] - mean[0], 0.06);
        }
    }

    @Test void aConstantColumnHasOnePoint() {
        try (var _ = Scope.open()) {
            var x = Tensor.of(new double[] {1, 2, 1, 3}, 2, 2);
            assertEquals(1, Dependence.partial(MODEL, x, 0, 10, 0).grid().length);
            assertEquals(0, Dependence.local(MODEL, x, 0, 10, 0).mean()[0]);
            assertThrows(IllegalArgumentException.class, () -> Dependence.partial(MODEL, x, 2, 10, 0));
        }
    }

    @Test void importanceIsOfWhatTheScoreNeeds() {
        try (var _ = Scope.open()) {
            Torch.seed(1);
            var x = Tensor.randn(500, 3).to(DType.FLOAT64);
            var y = x.select(1, 0).mul(2).add(x.select(1, 1));
            var found = PermutationImportance.of(rows -> -rows.select(1, 0).mul(2).add(rows.select(1, 1)).sub(y)
                    .square().mean().item(), x, Game.each(3), 8, 0);
            assertTrue(found.mean()[0] > 2 * found.mean()[1] && found.mean()[1] > 0.5);
            assertEquals(0, found.mean()[2]);
            assertTrue(found.deviation()[0] > 0 && found.deviation()[0] < found.mean()[0]);
        }
    }
}
