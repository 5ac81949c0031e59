package dev.merapi.compress.prune;

import dev.merapi.nn.Conv2d;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Strategy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MasksTest {
    private static Linear linear(int out, int in, float... values) {
        var linear = new Linear(in, out, false);
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            linear.params().get("weight").copy_(Tensor.of(values, out, in));
        }
        return linear;
    }

    private static float[] weight(Sequential model, int layer) {
        return model.params().get(layer + ".weight").detach().toFloats();
    }

    @Test void theSmallestWeightsOfEachTableGo() {
        long before = Scope.live();
        try (var _ = Scope.open()) {
            var model = new Sequential(linear(2, 4, 1, -8, 3, -2, 7, 6, -5, 4), linear(1, 2, 100, -200));
            try (var masks = Masks.byLayer(model, _ -> true, 0.5)) {
                masks.apply();
                assertArrayEquals(new float[] {0, -8, 0, 0, 7, 6, -5, 0}, weight(model, 0));
                assertArrayEquals(new float[] {0, -200}, weight(model, 1));
                assertEquals(0.5, masks.sparsity(), 1e-9);
            }
            model.close();
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void ofAllTablesTogetherTheSmallestGo() {
        try (var _ = Scope.open()) {
            var model = new Sequential(linear(2, 4, 1, -8, 3, -2, 7, 6, -5, 4), linear(1, 2, 100, -200));
            try (var masks = Masks.global(model, _ -> true, 0.5)) {
                masks.apply();
                assertArrayEquals(new float[] {0, -8, 0, 0, 7, 6, 0, 0}, weight(model, 0)); // 1 2 3 4 5 go
                assertArrayEquals(new float[] {100, -200}, weight(model, 1));
            }
            var error = assertThrows(IllegalArgumentException.class, () -> Masks.global(model, _ -> true, 0.8));
            assertTrue(error.getMessage().contains("one that takes all of 0.weight; prune less"), error.getMessage());
        }
    }

    @Test void twoOfFourStayInEachFourInputs() {
        try (var _ = Scope.open()) {
            Torch.seed(1);
            var model = new Sequential(new Conv2d(8, 3, 3), new Conv2d(3, 8, 1), new Linear(12, 5));
            try (var masks = Masks.nOfM(model, _ -> true, 2, 4)) {
                assertEquals(List.of("0.weight", "2.weight"), masks.names()); // 3 inputs are not fours
                Tensor conv = model.params().get("0.weight").detach().copy();
                masks.apply();
                Tensor pruned = model.params().get("0.weight").detach();
                for (int o = 0; o < 3; o++) {
                    for (int tap = 0; tap < 9; tap++) {
                        for (int four = 0; four < 8; four += 4) check(conv, pruned, o, four, tap);
                    }
                }
                Tensor groups = model.params().get("2.weight").detach().view(-1, 4);
                assertTrue(groups.ne(0).sum(1).eq(2).all().itemBoolean());
            }
            var error = assertThrows(IllegalArgumentException.class, () -> Masks.nOfM(model, _ -> true, 2, 7));
            assertTrue(error.getMessage().contains("tables whose inputs 7 divides"), error.getMessage());
        }
    }

    private static void check(Tensor before, Tensor after, int o, int four, int tap) {
        var kept = new ArrayList<Integer>();
        double least = Double.POSITIVE_INFINITY, most = 0; // of those that stay, and of those that go
        for (int i = four; i < four + 4; i++) {
            double was = before.select(0, o).select(0, i).flatten().select(0, tap).item();
            double now = after.select(0, o).select(0, i).flatten().select(0, tap).item();
            if (now != 0) {
                kept.add(i);
                assertEquals(was, now);
                least = Math.min(least, Math.abs(was));
            } else {
                most = Math.max(most, Math.abs(was));
            }
        }
        assertEquals(2, kept.size());
        assertTrue(least > most);
    }

    @Test void whatIsGoneStaysGoneWhileTheOthersLearn() {
        try (var _ = Scope.open()) {
            Torch.seed(2);
            var model = new Sequential(new Linear(6, 5), new Relu(), new Linear(5, 1));
            try (var masks = Masks.byLayer(model, "0.weight"::equals, 0.7)) {
                masks.apply();
                float[] before = weight(model, 0);
                train(model, masks.strategy(), 5);
                float[] after = weight(model, 0);
                int zeros = 0, moved = 0;
                for (int i = 0; i < before.length; i++) {
                    if (before[i] == 0) {
                        assertEquals(0, after[i]);
                        zeros++;
                    } else if (before[i] != after[i]) {
                        moved++;
                    }
                }
                assertEquals(21, zeros);
                assertTrue(moved > 5, "" + moved);
            }
        }
    }

    private static void train(Sequential model, Strategy strategy, int steps) {
        var sgd = new Sgd(model, 0.1);
        for (int i = 0; i < steps; i++) {
            try (var _ = Scope.open()) {
                sgd.zeroGrad();
                model.forward(Tensor.randn(8, 6)).sub(3).square().mean().backward();
                strategy.reduce(new ArrayList<>(model.params().values()));
                sgd.step();
                strategy.updated(model);
            }
        }
    }

    @Test void theSparsityGrowsByTheCubeOfWhatIsLeft() {
        try (var _ = Scope.open(); var model = new Sequential(new Linear(10, 10), new Linear(10, 6));
                var pruning = new GradualPruning(model, "0.weight"::equals, 0.8, 10, 1)) {
            assertEquals(0.8 * (1 - 0.125), pruning.sparsity(5), 1e-12); // by hand: half of the way
            assertEquals(0.8, pruning.sparsity(11), 1e-12);
            for (int step = 1; step <= 12; step++) {
                pruning.updated(model);
                long zeros = model.params().get("0.weight").detach().eq(0).sum().itemLong();
                assertEquals(Math.round(100 * pruning.sparsity(step)), zeros);
            }
        }
    }

    /** By hand: three weights, gradients that are always the same, a learning rate of 1. */
    @Test void weightsThatMoveTowardsZeroGo() {
        try (var _ = Scope.open(); var _ = Torch.noGrad();
                var model = new Sequential(linear(1, 3, 5, 1, -4)); // 5 shrinks, 1 grows, -4 shrinks a little
                var pruning = new MovementPruning(model, _ -> true, 2 / 3.0, 2)) {
            var weight = model.params().get("0.weight");
            float[] gradient = {1, -0.5f, -0.1f};
            for (int step = 0; step < 2; step++) {
                weight.grad(Tensor.of(gradient, 1, 3));
                pruning.reduce(List.of(weight));
                weight.sub_(Tensor.of(gradient, 1, 3));
                pruning.updated(model);
            }
            // after step 1 the scores are -5, 0.5 and -0.4, and 2/3 (1 - 1/8), of three weights 2, go
            // after step 2: -5 - 4, 0.5 + 0.75, -0.4 - 0.39
            assertArrayEquals(new float[] {0, 2, 0}, weight(model, 0));
        }
    }

    @Test void pruningEverythingOrNothingThatIsThereIsRefused() {
        try (var _ = Scope.open()) {
            var model = new Sequential(new Embedding(4, 3), new Linear(3, 2));
            var all = assertThrows(IllegalArgumentException.class, () -> Masks.byLayer(model, _ -> true, 1));
            assertEquals("Pruning: expected a sparsity from 0 to below 1, for at 1 nothing is left. Received 1.0.",
                    all.getMessage());
            var none = assertThrows(IllegalArgumentException.class, () -> Masks.byLayer(model, "x"::equals, 0.5));
            assertTrue(none.getMessage().contains("of a chosen name. Received names [0.weight"), none.getMessage());
            try (var masks = Masks.byLayer(model, _ -> true, 0.5)) {
                assertEquals(List.of("1.weight"), masks.names());
            }
        }
    }

    @Test void aScanPutsTheWeightsBack() {
        try (var _ = Scope.open()) {
            var model = new Sequential(linear(1, 4, 1, -8, 3, -2), linear(1, 1, 5));
            var scan = SensitivityScan.of(model, "0.weight"::equals, List.of(0.25, 0.5),
                    () -> model.params().get("0.weight").detach().abs().sum().item());
            assertEquals("{0.weight={0.25=13.0, 0.5=11.0}}", scan.quality().toString());
            assertArrayEquals(new float[] {1, -8, 3, -2}, weight(model, 0));
        }
    }
}
