package dev.merapi.loss;

import dev.merapi.data.Batch;
import dev.merapi.data.Tree;
import dev.merapi.nn.Linear;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What losses promise beyond PyTorch's numbers. */
class LossTest {
    private Scope scope;

    @BeforeEach void open() {
        scope = Scope.open();
        Torch.seed(7);
    }

    @AfterEach void close() { scope.close(); }

    static Stream<Loss> ofClasses() {
        var ce = new CrossEntropy();
        return Stream.of(ce, ce.ignoreIndex(2), ce.classWeights(1, 5, 0.5, 2).ignoreIndex(0),
                ce.labelSmoothing(0.2), new Nll().classWeights(1, 5, 0.5, 2).ignoreIndex(3),
                new SoftmaxFocal(2).ignoreIndex(1), new MultiMargin());
    }

    @ParameterizedTest
    @MethodSource("ofClasses")
    void partsMakeUpTheWhole(Loss loss) {
        var x = Tensor.randn(32, 4).requiresGrad_(true);
        var ids = Tensor.randint(0, 4, 32);
        partsMakeUpTheWhole(loss, x, ids);
    }

    static Stream<Loss> ofNumbers() {
        return Stream.of(new Mse(), new Mae(), new Huber(), new SmoothL1(), new BceWithLogits(), new Focal(),
                new KlDivergence(), new Hinge(), new SoftMargin(), (p, t) -> p.sub(t).square().mean());
    }

    @ParameterizedTest
    @MethodSource("ofNumbers")
    void partsOfNumbersMakeUpTheWhole(Loss loss) {
        partsMakeUpTheWhole(loss, Tensor.randn(32, 4).requiresGrad_(true), Tensor.rand(32, 4));
    }

    /** Parts of 3, 8 and 21 rows, weighted, give the gradient of all 32. */
    private static void partsMakeUpTheWhole(Loss loss, Tensor x, Tensor y) {
        loss.forward(x, y).backward();
        var whole = x.grad();
        x.clearGrad();
        double total = loss.weight(x, y);
        int start = 0;
        for (int rows : new int[] {3, 8, 21}) {
            var px = x.narrow(0, start, rows);
            var py = y.narrow(0, start, rows);
            loss.forward(px, py).mul(loss.weight(px, py) / total).backward();
            start += rows;
        }
        assertTrue(x.grad().allClose(whole, 1e-5, 1e-7), loss + ": " + x.grad() + " is not " + whole);
    }

    @Test void crossEntropyIsMinusTheLogOfTheProbability() {
        var x = Tensor.of(new double[] {0, Math.log(3)}, 1, 2);
        assertEquals(Math.log(4), new CrossEntropy().forward(x, Tensor.of(new long[] {0})).item(), 1e-12);
        assertEquals(Math.log(4.0 / 3), new CrossEntropy().forward(x, Tensor.of(new int[] {1})).item(), 1e-12);
    }

    @Test void softmaxFocalWithoutFocusIsCrossEntropy() {
        var x = Tensor.randn(2, 3, 5);
        var ids = Tensor.randint(0, 3, 2, 5);
        assertEquals(new CrossEntropy().forward(x, ids).item(), new SoftmaxFocal(0).forward(x, ids).item(), 1e-6);
    }

    /** p = 1/4 and 3/4, so the losses are w (3/4)² log 4 and w (1/4)² log 4/3. */
    @Test void softmaxFocalFollowsItsFormula() {
        var x = Tensor.of(new double[] {0, Math.log(3), 0, Math.log(3)}, 2, 2);
        var ids = Tensor.of(new long[] {0, 1}, 2);
        var expected = new double[] {5 * 9 / 16.0 * Math.log(4), 7 / 16.0 * Math.log(4.0 / 3)};
        assertArrayEquals(expected, new SoftmaxFocal(2).classWeights(5, 7).each(x, ids).toDoubles(), 1e-12);
    }

    @Test void focalLossesHaveFiniteGradientsOnCertainPredictions() {
        for (double gamma : new double[] {0, 0.5, 1, 2}) {
            var x = Tensor.of(new float[] {200, -200}, 1, 2).requiresGrad_(true);
            new SoftmaxFocal(gamma).forward(x, Tensor.of(new long[] {0})).backward();
            assertTrue(x.grad().isFinite().all().itemBoolean(), "softmax, gamma " + gamma);
            x.clearGrad();
            new Focal(0.25, gamma).forward(x, Tensor.of(new float[] {1, 0}, 1, 2)).backward();
            assertTrue(x.grad().isFinite().all().itemBoolean(), "sigmoid, gamma " + gamma);
        }
    }

    @Test void softMarginDoesNotOverflow() {
        var loss = new SoftMargin().forward(Tensor.of(new float[] {-1000}), Tensor.of(new float[] {1}));
        assertEquals(1000, loss.item(), 1e-3);
    }

    @Test void classWeightsSurviveAnInferenceBeforeTraining() {
        var loss = new CrossEntropy().classWeights(1, 2);
        var ids = Tensor.of(new long[] {0, 1});
        try (var _ = Torch.inference()) {
            loss.forward(Tensor.randn(2, 2), ids);
        }
        var x = Tensor.randn(2, 2).requiresGrad_(true);
        loss.forward(x, ids).backward();
        assertTrue(x.grad().abs().sum().item() > 0);
    }

    @Test void classWeightsFollowTheTypeOfThePrediction() {
        var loss = new CrossEntropy().classWeights(1, 3);
        var ids = Tensor.of(new long[] {0, 1});
        var x = Tensor.randn(2, 2);
        assertEquals(loss.forward(x, ids).item(), loss.forward(x.to(DType.FLOAT64), ids).item(), 1e-6);
    }

    /** On META nothing can be read: ids are counted where they came from, unless somebody has changed them. */
    @Test void idsThatWereSentToADeviceAreCountedWithoutIt() {
        var ids = Tensor.of(new long[] {0, 1, 1, -100});
        var batch = Tree.to(new Batch(Tensor.randn(4, 2), ids), Device.META);
        assertEquals(3, new CrossEntropy().weight(batch.x(), batch.y()));
        assertEquals(7, new CrossEntropy().classWeights(1, 3).weight(batch.x(), batch.y()));
        assertEquals(7, new Nll().classWeights(1, 3).weight(batch.x(), batch.y()));
        var stale = ids.send(Device.META);
        batch.y().add_(1);
        assertNoValues(() -> new CrossEntropy().weight(batch.x(), batch.y()));
        ids.fill_(0);
        assertNoValues(() -> new CrossEntropy().weight(batch.x(), stale));
        var freed = ids.send(Device.META);
        assertEquals(4, new CrossEntropy().weight(batch.x(), freed));
        ids.close();
        assertNoValues(() -> new CrossEntropy().weight(batch.x(), freed));
    }

    private static void assertNoValues(Runnable read) {
        assertTrue(assertThrows(IllegalArgumentException.class, read::run).getMessage()
                .startsWith("Tensor.item: expected a tensor with values."));
    }

    @Test void noTensorStaysBehind() {
        var losses = Stream.concat(ofClasses(), Stream.of(new Focal(), new Mse(), new BceWithLogits())).toList();
        var x = Tensor.randn(8, 4);
        var run = (Runnable) () -> {
            for (var loss : losses) {
                try (var _ = Scope.open()) {
                    var y = losses.indexOf(loss) < losses.size() - 3 ? Tensor.randint(0, 4, 8) : Tensor.rand(8, 4);
                    loss.forward(x, y);
                    loss.weight(x, y);
                }
            }
        };
        run.run(); // makes the class weights
        long before = Scope.live();
        IntStream.range(0, 20).forEach(_ -> run.run());
        assertTrue(Scope.live() <= before, before + " tensors became " + Scope.live());
    }

    @Test void penaltiesSumTheTrainedWeights() {
        try (var layer = new Linear(3, 2)) {
            double l1 = 0, l2 = 0;
            for (var param : layer.params().values()) {
                for (double w : param.toDoubles()) {
                    l1 += Math.abs(w);
                    l2 += w * w;
                }
            }
            assertEquals(0.1 * l1, Penalty.l1(layer, 0.1).item(), 1e-6);
            assertEquals(0.1 * l2, Penalty.l2(layer, 0.1).item(), 1e-6);
            var weight = layer.params().get("weight");
            Penalty.l2(layer, 0.1).backward();
            assertTrue(weight.grad().allClose(weight.mul(0.2), 1e-6, 0));
            layer.freeze(true);
            assertEquals(0, Penalty.l1(layer, 0.1).item());
        }
    }

    @Test void wrongTargetsAreExplained() {
        var x = Tensor.randn(6, 5);
        var ce = new CrossEntropy();
        assertFails("CrossEntropy: expected class ids from 0 to 4, or -100 to be ignored. Received 12 for 5 classes.",
                () -> ce.forward(x, Tensor.of(new long[] {0, 1, 12, 0, 0, 0})));
        assertFails("Nll: expected class ids from 0 to 4, or 7 to be ignored. Received -3 for 5 classes.",
                () -> new Nll().ignoreIndex(7).forward(x, Tensor.of(new long[] {0, 1, -3, 0, 0, 7})));
        assertFails("CrossEntropy: expected class ids as integers. Received float32 (6) cpu; call to(DType.INT64).",
                () -> ce.forward(x, Tensor.rand(6)));
        assertFails("CrossEntropy: expected class ids of shape (6) for scores of shape (6, 5) = (B, C, …)."
                + " Received (6, 1)", () -> ce.forward(x, Tensor.randint(0, 5, 6, 1)));
        assertFails("CrossEntropy: expected a target of the prediction's shape (6, 5). Received (5, 6); reshape one of"
                + " them.", () -> ce.forward(x, Tensor.rand(5, 6)));
        assertFails("CrossEntropy: expected one weight for each of the 5 classes. Received 2",
                () -> ce.classWeights(1, 2).forward(x, Tensor.randint(0, 5, 6)));
        assertFails("Mse: expected a target of the prediction's shape (6, 5). Received (6); reshape one of them.",
                () -> new Mse().forward(x, Tensor.rand(6)));
        assertFails("BceWithLogits: expected a floating-point target. Received int64 (6, 5) cpu; call"
                + " to(DType.FLOAT32).", () -> new BceWithLogits().forward(x, Tensor.randint(0, 2, 6, 5)));
    }

    /** Broadcast, each would compare everything with everything. */
    @Test void noLossBroadcasts() {
        for (Loss loss : List.of(new Mse(), new Mae(), new Huber(), new SmoothL1(), new Bce(), new BceWithLogits(),
                new Focal(), new Hinge(), new SoftMargin(), new KlDivergence())) {
            var column = Tensor.rand(4, 1);
            var message = assertThrows(IllegalArgumentException.class, () -> loss.forward(column, Tensor.rand(4)))
                    .getMessage();
            assertTrue(message.endsWith(": expected a target of the prediction's shape (4, 1). Received (4); call"
                    + " squeeze(-1) on the prediction."), message);
            assertThrows(IllegalArgumentException.class, () -> loss.forward(Tensor.rand(4), column));
            assertThrows(IllegalArgumentException.class, () -> loss.forward(Tensor.rand(4), Tensor.rand(1)));
        }
        assertFails("CosineEmbedding: expected one y for each pair of vectors (4, 3). Received (1)",
                () -> new CosineEmbedding(0).forward(Tensor.rand(4, 3), Tensor.rand(4, 3), Tensor.ones(1)));
        assertFails("Mse: expected a floating-point target. Received int64 (4) cpu; call to(DType.FLOAT32).",
                () -> new Mse().forward(Tensor.rand(4), Tensor.arange(4)));
    }

    @Test void wrongNumbersAreExplained() {
        assertFails("Bce: expected probabilities from 0 to 1 as predictions. Received 1.5; for scores there is"
                + " BceWithLogits.", () -> new Bce().forward(Tensor.of(new float[] {0.5f, 1.5f}), Tensor.zeros(2)));
        assertFails("Bce: expected probabilities from 0 to 1 as targets. Received 2.0",
                () -> new Bce().forward(Tensor.of(new float[] {0.5f, 0.5f}), Tensor.of(new float[] {0, 2})));
        assertFails("MultiMargin: expected class ids from 0 to 2. Received 3 for 3 classes.",
                () -> new MultiMargin().forward(Tensor.ones(2, 3), Tensor.of(new long[] {0, 3})));
    }

    @Test void wrongSettingsAreExplained() {
        assertFails("CrossEntropy.labelSmoothing: expected a probability from 0 to 1. Received 1.5.",
                () -> new CrossEntropy().labelSmoothing(1.5));
        assertFails("Class weights: expected numbers of at least 0. Received [1.0, -2.0]",
                () -> new CrossEntropy().classWeights(1, -2));
        assertFails("Huber.delta: expected more than 0. Received 0.0.", () -> new Huber(0));
        assertFails("Focal.gamma: expected at least 0. Received -1.0.", () -> new Focal(0.25, -1));
        assertFails("Triplet.margin: expected more than 0. Received NaN.", () -> new Triplet(Double.NaN));
    }

    @Test void wrongLengthsOfCtcAreExplained() {
        var two = Tensor.of(new long[] {2, 2});
        var targets = Tensor.randint(1, 4, 2, 3);
        assertFails("Ctc: expected scores (T, B, C). Received (4, 2)",
                () -> new Ctc().forward(Tensor.randn(4, 2), targets, two, two));
        assertFails("Ctc: expected input lengths as integers of shape (3). Received int64 (2) cpu",
                () -> new Ctc().forward(Tensor.randn(4, 3, 5), targets, two, two));
        assertFails("Ctc: expected a blank class below 5, the number of classes. Received 5",
                () -> new Ctc(5, false).forward(Tensor.randn(4, 2, 5), targets, two, two));
        var scores = Tensor.randn(4, 2, 5);
        assertFails("Ctc: expected input lengths from 0 to 4. Received 9",
                () -> new Ctc().forward(scores, targets, Tensor.of(new long[] {4, 9}), two));
        assertFails("Ctc: expected target lengths from 0 to 3. Received -1",
                () -> new Ctc().forward(scores, targets, two, Tensor.of(new long[] {-1, 2})));
        assertFails("Ctc: expected targets as integers of shape (2, S) or (ΣS). Received float32 (2, 3) cpu",
                () -> new Ctc().forward(scores, Tensor.ones(2, 3), two, two));
        assertFails("Ctc: expected targets (ΣS) of 4 labels, as the target lengths say. Received 3",
                () -> new Ctc().forward(scores, Tensor.of(new long[] {1, 2, 3}), two, two));
    }

    /** The engine would read beyond its memory. */
    @Test void targetsOfCtcAreClasses() {
        var scores = Tensor.randn(4, 2, 5);
        var lengths = Tensor.of(new long[] {2, 1});
        var frames = Tensor.of(new long[] {4, 4});
        for (long wrong : new long[] {5, -1, 5_000_000_000L}) {
            String message = "Ctc: expected targets of classes from 0 to 4. Received " + wrong;
            assertFails(message, () -> new Ctc().forward(scores, Tensor.of(new long[] {1, 2, wrong}), frames, lengths));
            assertFails(message, () -> new Ctc().forward(scores, Tensor.of(new long[] {1, wrong, 0, 3, 0, 0}, 2, 3),
                    frames, lengths));
        }
        double joined = new Ctc().forward(scores, Tensor.of(new long[] {1, 2, 3}), frames, lengths).item();
        var padded = Tensor.of(new long[] {1, 2, -100, 3, 99, 99}, 2, 3); // with anything
        assertEquals(joined, new Ctc().forward(scores, padded, frames, lengths).item());
    }

    private static void assertFails(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
