package dev.merapi.explain.examples;

import dev.merapi.io.Safetensors;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ExamplesOfTest {
    @TempDir private Path folder;

    /** Class 1 where a + 2 b > 1, whatever c is. */
    private static final Unary PLANE = x -> {
        var score = x.select(1, 0).add(x.select(1, 1).mul(2)).sub(1);
        return Tensor.stack(List.of(score.neg(), score), 1);
    };

    private static Tensor known() {
        Torch.seed(1);
        return Tensor.rand(200, 3).to(DType.FLOAT64).mul(4).sub(2);
    }

    @Test void aCounterfactualIsNearAndPlausibleAndLeavesWhatMustStay() {
        try (var _ = Scope.open()) {
            var x = Tensor.of(new double[] {-1, -0.5, 0.3}, 1, 3);
            var found = new Counterfactual(PLANE, known(), List.of()).of(x, 1);
            assertTrue(found.x()[0] + 2 * found.x()[1] > 1);
            assertTrue(found.changed().contains(1) && !found.changed().contains(2), found.toString());
            double distance = Math.hypot(found.x()[0] + 1, found.x()[1] + 0.5);
            assertTrue(distance < 1.3 * 3 / Math.sqrt(5), "" + distance); // the plane is 3 / √5 away
            var fixed = new Counterfactual(PLANE, known(), List.of(1)).of(Tensor.of(new double[] {-1, 0, 0}, 1, 3), 1);
            assertEquals(List.of(0), fixed.changed());
            assertEquals(0, fixed.x()[1]);
            var error = assertThrows(IllegalArgumentException.class,
                    () -> new Counterfactual(PLANE, known(), List.of(0, 1)).of(x, 1));
            assertTrue(error.getMessage().contains("let more columns change"), error.getMessage());
        }
    }

    @Test void anAnchorSufficesAndIsSmall() {
        try (var _ = Scope.open()) {
            Unary and = x -> {
                var both = x.select(1, 0).gt(1).and(x.select(1, 2).gt(1)).to(DType.FLOAT64);
                return Tensor.stack(List.of(both.rsub(1), both), 1);
            };
            var x = Tensor.of(new double[] {1.5, 0, 1.5}, 1, 3);
            var anchor = new Anchors(and, known(), new int[] {0, 1, 2}).of(x, 1);
            assertEquals(List.of(0, 2), anchor.features());
            assertEquals(1, anchor.precision(), 1e-9);
            var no = new Anchors(and, known(), new int[] {0, 1, 2}).of(Tensor.of(new double[] {-1, 0, 0}, 1, 3), 0);
            assertEquals(1, no.features().size());
            var error = assertThrows(IllegalArgumentException.class,
                    () -> new Anchors(and, known(), new int[] {0, 1, 2}).of(x, 0));
            assertTrue(error.getMessage().contains("the class that the model gives"), error.getMessage());
        }
    }

    /** The net sees the first two of six numbers; a concept there matters, one elsewhere does not. */
    @Test void aConceptThatTheModelUsesHasAScoreOfItsOwn() {
        try (var _ = Scope.open()) {
            Torch.seed(3);
            var first = new Linear(6, 6, false);
            try (var _ = Torch.noGrad()) {
                first.params().get("weight").set(Tensor.eye(6));
            }
            var net = new Sequential(first, new Relu(), new Linear(6, 2));
            var with = Tensor.rand(40, 6);
            with.select(1, 0).add_(2);
            var concept = ConceptVector.of(net, net, "1", with, Tensor.rand(40, 6));
            assertTrue(concept.accuracy() > 0.95, "" + concept.accuracy());
            assertTrue(concept.direction()[0] > 0.9, "" + concept.direction()[0]);
            double[] weights = net.params().get("2.weight").select(0, 1).toDoubles(); // the slope, wherever it is
            double along = 0;
            for (int i = 0; i < 6; i++) along += weights[i] * concept.direction()[i];
            assertEquals(along > 0 ? 1 : 0, concept.score(Tensor.rand(30, 6), 1));
            assertThrows(IllegalArgumentException.class,
                    () -> ConceptVector.of(net, net, "9", with, Tensor.rand(40, 6)));
            net.close();
        }
    }

    /** Of least squares (w x - y)² the gradient is 2 (w x - y) x: written out. */
    @Test void tracInIsTheSumOfProductsOfGradients() {
        long before = Scope.live();
        try (var _ = Scope.open()) {
            var model = new Linear(1, 1, false);
            model.to(DType.FLOAT64);
            double[] weights = {0.5, 1.5};
            var files = new ArrayList<Path>();
            for (double w : weights) {
                set(model, w);
                files.add(folder.resolve(w + ".safetensors"));
                Safetensors.save(model, files.getLast());
            }
            set(model, 9);
            var tracIn = new TracIn<double[]>(model, e -> model.forward(Tensor.of(new double[] {e[0]}, 1, 1)).sub(e[1])
                    .square().sum(), name -> true, 0.1);
            double[] found = tracIn.influences(files, List.of(new double[] {1, 2}, new double[] {2, 1}),
                    new double[] {3, 4});
            var expected = new double[2];
            double[][] training = {{1, 2}, {2, 1}};
            for (double w : weights) {
                for (int i = 0; i < 2; i++) {
                    double own = 2 * (w * training[i][0] - training[i][1]) * training[i][0];
                    expected[i] += 0.1 * own * 2 * (w * 3 - 4) * 3;
                }
            }
            assertArrayEquals(expected, found, 1e-12);
            assertEquals(9, model.params().get("weight").item());
            model.close();
        }
        assertTrue(Scope.live() <= before);
    }

    private static void set(Linear model, double w) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.params().get("weight").fill_(w);
        }
    }
}
