package dev.merapi.vision.embed;

import dev.merapi.loss.ArcFace;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** ArcFace and the hardest triplets, by angles in the plane. */
class LossesTest {
    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    /** Vectors of length 1 at angles in degrees. */
    private static Tensor at(double... degrees) {
        var xy = new float[2 * degrees.length];
        for (int i = 0; i < degrees.length; i++) {
            xy[2 * i] = (float) Math.cos(Math.toRadians(degrees[i]));
            xy[2 * i + 1] = (float) Math.sin(Math.toRadians(degrees[i]));
        }
        return Tensor.of(xy, degrees.length, 2);
    }

    private static double cos(double degrees) { return Math.cos(Math.toRadians(degrees)); }

    @Test void arcFaceAddsItsMarginToTheAngleOfTheRightClass() {
        try (var arcFace = new ArcFace(2, 2, Math.toRadians(20), 8)) {
            set(arcFace, at(0, 90).mul(3)); // their length is of no account
            var logits = arcFace.forward(at(30, 30, 170), Tensor.of(new long[] {0, 1, 0}));
            // 170 degrees and 20 are beyond 180: a line from there, cos θ - m sin m
            double beyond = cos(170) - Math.toRadians(20) * Math.sin(Math.toRadians(20));
            assertArrayEquals(new double[] {8 * cos(50), 8 * cos(60), 8 * cos(30), 8 * cos(80), 8 * beyond,
                8 * cos(80)}, logits.flatten().toDoubles(), 1e-5);
            double right = Math.exp(8 * cos(50));
            assertEquals(-Math.log(right / (right + Math.exp(8 * cos(60)))),
                    arcFace.loss(at(30), Tensor.of(new long[] {0})).item(), 1e-5);
        }
    }

    @Test void arcFaceHasAGradientWhereAVectorIsAtItsClass() {
        try (var arcFace = new ArcFace(2, 2, 0.5, 30)) {
            set(arcFace, at(0, 90));
            var vectors = at(0, 180).requiresGrad_(true);
            arcFace.loss(vectors, Tensor.of(new long[] {0, 0})).backward();
            assertTrue(vectors.grad().isFinite().all().itemBoolean());
            assertTrue(arcFace.params().get("weight").grad().isFinite().all().itemBoolean());
        }
    }

    private static void set(ArcFace arcFace, Tensor weight) {
        try (var _ = Torch.noGrad()) {
            arcFace.params().get("weight").copy_(weight);
        }
    }

    /** Chords of the circle: 2 sin of half the angle. */
    @Test void theHardestTripletsOfABatch() {
        var vectors = at(0, 60, 80, 120, 250).requiresGrad_(true);
        var labels = Tensor.of(new long[] {0, 0, 1, 1, 2}); // the last has no other of its class
        double[] farthest = {chord(60), chord(60), chord(40), chord(40)};
        double[] nearest = {chord(80), chord(20), chord(20), chord(60)};
        double expected = 0;
        for (int i = 0; i < 4; i++) expected += Math.max(0, farthest[i] - nearest[i] + 0.2) / 4;
        var loss = new BatchHard(0.2).forward(vectors, labels);
        assertEquals(expected, loss.item(), 1e-5);
        loss.backward();
        assertTrue(vectors.grad().isFinite().all().itemBoolean());
        assertEquals(0, vectors.grad().select(0, 4).abs().sum().item(), "no question, nor a near answer");
    }

    private static double chord(double degrees) { return 2 * Math.sin(Math.toRadians(degrees / 2)); }

    @Test void aBatchOfOneClassTeachesNothing() {
        var vectors = at(0, 50).requiresGrad_(true);
        var loss = new BatchHard(0.2).forward(vectors, Tensor.of(new long[] {3, 3}));
        loss.backward();
        assertEquals(0, loss.item());
        assertEquals(0, vectors.grad().abs().sum().item());
        assertEquals(0, new BatchHard(0.2).forward(at(0, 50), Tensor.of(new long[] {3, 4})).item());
    }

    /** At 0 and 10 two of class 0, at 12 one of class 1, at 90 and 100 two of class 1, at 200 one of class 2. */
    @Test void recallByHand() {
        var labels = Tensor.of(new long[] {0, 0, 1, 1, 1, 2});
        var vectors = at(0, 10, 12, 90, 100, 200).mul(5); // their length is of no account
        for (int k : new int[] {1, 2, 3}) {
            var recall = new RecallAtK(k);
            assertTrue(Double.isNaN(recall.value()));
            recall.update(vectors.narrow(0, 0, 2), labels.narrow(0, 0, 2));
            var rest = new RecallAtK(k);
            rest.update(vectors.narrow(0, 2, 4), labels.narrow(0, 2, 4));
            recall.merge(rest.state());
            // 10 has 12 as its nearest, 12 has 10 and then 0; 200 has no other of its class
            double expected = new double[] {3 / 5.0, 4 / 5.0, 1}[k - 1];
            assertEquals("recall_" + k, recall.name());
            assertEquals(expected, recall.value(), 1e-9, "k = " + k);
            recall.reset();
            assertTrue(Double.isNaN(recall.value()));
        }
    }

    @Test void mistakesAreNamed() {
        assertMessage("ArcFace.margin: expected from 0 to below π/2. Received 2.0.",
                () -> new ArcFace(2, 2, 2, 30));
        assertMessage("recall_1: expected vectors of 2 numbers, as before. Received 3.", () -> {
            var recall = new RecallAtK(1);
            recall.update(at(0), Tensor.of(new long[] {0}));
            recall.update(Tensor.ones(1, 3), Tensor.of(new long[] {0}));
        });
    }

    private static void assertMessage(String expected, Runnable mistake) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, mistake::run).getMessage());
    }
}
