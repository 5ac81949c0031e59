package dev.merapi.explain.measure;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Explainer;
import dev.merapi.explain.Game;
import dev.merapi.explain.gradient.Saliency;
import dev.merapi.explain.shap.ExactShap;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MeasureTest {
    private record Sum(double... worth) implements Game {
        @Override public int players() { return worth.length; }

        @Override public double[] values(boolean[][] coalitions) {
            return Arrays.stream(coalitions).mapToDouble(in -> {
                double sum = 0;
                for (int i = 0; i < worth.length; i++) if (in[i]) sum += worth[i];
                return sum;
            }).toArray();
        }
    }

    @Test void curvesAreThoseOfAHand() {
        var game = new Sum(1, 4, 2);
        double[] contributions = {1, 4, 2};
        assertArrayEquals(new double[] {7, 3, 1, 0}, Faithfulness.deletion(game, contributions, 3), 1e-12);
        assertArrayEquals(new double[] {0, 4, 6, 7}, Faithfulness.insertion(game, contributions, 3), 1e-12);
        assertEquals((5 + 2 + 0.5) / 3, Faithfulness.area(new double[] {7, 3, 1, 0}), 1e-12);
    }

    @Test void whatIsSaidRightHasNoInfidelity() {
        var game = new Sum(1, -4, 2, 0.5);
        double[] values = new ExactShap().share(game).values();
        assertEquals(0, Faithfulness.infidelity(game, values, 50, 1), 1e-20);
        assertTrue(Faithfulness.infidelity(game, new double[] {-4, 1, 2, 0.5}, 50, 1) > 1);
        assertThrows(IllegalArgumentException.class, () -> Faithfulness.deletion(game, new double[3], 2));
    }

    @Test void aLinearModelHasASaliencyThatDoesNotMove() {
        try (var _ = Scope.open()) {
            Torch.seed(1);
            var net = new Sequential(new Linear(5, 8), new Relu(), new Linear(8, 2));
            var x = Tensor.randn(1, 5);
            assertEquals(0, Sensitivity.most(new Saliency(net.layers().get("0") instanceof Linear l ? l : null), x, 3,
                    0.1, 5, 0), 1e-6);
            Explainer moving = Saliency.timesInput(net);
            assertTrue(Sensitivity.most(moving, x, 1, 0.1, 5, 0) > 0.01);
            net.close();
        }
    }

    @Test void drawnWeightsChangeAnExplanationAndArePutBack() {
        long before = Scope.live();
        try (var _ = Scope.open()) {
            Torch.seed(1);
            var net = new Sequential(new Linear(60, 30), new Relu(), new Linear(30, 2));
            var x = Tensor.randn(1, 60);
            double[] was = new Saliency(net).explain(x, 1).values();
            var found = SanityCheck.of(net, () -> new Saliency(net).explain(x, 1), 7);
            assertEquals(4, found.size());
            assertTrue(Math.abs(found.get("0.weight")) < 0.5, found.toString());
            assertArrayEquals(was, new Saliency(net).explain(x, 1).values(), 0);
            var deaf = SanityCheck.of(net, () -> Attribution.of(new double[] {3, 1, 2}, 0, 6), 7);
            assertTrue(deaf.values().stream().allMatch(c -> c > 0.999)); // of an edge detector, say
            net.close();
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void contributionsBeatDrawnOnesOnANet() {
        try (var _ = Scope.open()) {
            Torch.seed(2);
            var net = new Sequential(new Linear(12, 32), new Relu(), new Linear(32, 2));
            net.to(DType.FLOAT64);
            double deletion = 0, drawn = 0;
            for (int i = 0; i < 20; i++) {
                var x = Tensor.randn(1, 12).to(DType.FLOAT64);
                var game = Game.of(net, x.zerosLike(), Game.each(12)).of(x, 0);
                double[] values = new ExactShap().share(game).values();
                deletion += Faithfulness.area(Faithfulness.deletion(game, values, 12));
                drawn += Faithfulness.area(Faithfulness.deletion(game, Tensor.randn(12).toDoubles(), 12));
            }
            assertTrue(deletion < drawn, deletion + " " + drawn);
            net.close();
        }
    }
}
