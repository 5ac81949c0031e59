package dev.merapi.nn;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** When norms take statistics, and when they must not. */
class StatisticsTest {
    private static final String HINT = "; use larger batches, leave out a last one of a single row by"
            + " Loader.dropLast() or keep it by joinSingle(), or call eval().";

    private Scope scope;

    @BeforeEach void open() {
        scope = Scope.open();
        Torch.seed(1);
    }

    @AfterEach void close() { scope.close(); }

    private static void fails(String message, Executable wrong) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, wrong).getMessage());
    }

    private static void isUntouched(BatchNorm norm) {
        assertArrayEquals(new float[3], norm.runningMean.toFloats());
        assertArrayEquals(new float[] {1, 1, 1}, norm.runningVar.toFloats());
        assertEquals(0, norm.numBatchesTracked.itemLong());
    }

    @Test void oneValueHasNoVariance() {
        var flat = new BatchNorm1d(3);
        for (long[] shape : new long[][] {{1, 3}, {1, 3, 1}}) {
            fails("BatchNorm1d: expected more than one value in each channel of a training batch, as a variance needs."
                    + " Received x of shape " + (shape.length == 2 ? "(1, 3)" : "(1, 3, 1)") + HINT,
                    () -> flat.forward(Tensor.randn(shape)));
        }
        isUntouched(flat);
        var images = new Sequential(new Conv2d(3, 3, 1), new BatchNorm2d(3));
        images.layers();
        fails("1 (BatchNorm2d): expected more than one value in each channel of a training batch, as a variance"
                + " needs. Received x of shape (1, 3, 1, 1)" + HINT, () -> images.forward(Tensor.randn(1, 3, 1, 1)));
        isUntouched((BatchNorm) images.layers().get("1"));
        var mean = Tensor.zeros(3);
        fails("F.batchNorm: expected more than one value in each channel, as a variance needs. Received x of shape"
                + " (1, 3)" + HINT, () -> F.batchNorm(Tensor.randn(1, 3), null, null, mean, mean, true, 0.1, 1e-5));

        flat.eval();
        assertTrue(flat.forward(Tensor.randn(1, 3)).isFinite().all().itemBoolean());
        flat.train();
        flat.forward(Tensor.randn(1, 3, 2));
        flat.forward(Tensor.zeros(0, 3)); // nothing to learn, as in PyTorch
        assertTrue(flat.runningVar.isFinite().all().itemBoolean());
    }

    @Test void onePositionOfAnExampleHasNoVarianceEither() {
        for (boolean track : new boolean[] {false, true}) {
            var norm = new InstanceNorm(3, 1e-5, 0.1, false, track);
            fails("InstanceNorm: expected more than one value in each channel of an example, as a variance needs."
                    + " Received x of shape (2, 3, 1).", () -> norm.forward(Tensor.randn(2, 3, 1)));
            fails("InstanceNorm: expected more than one value in each channel of an example, as a variance needs."
                    + " Received x of shape (2, 3).", () -> norm.forward(Tensor.randn(2, 3)));
            if (track) {
                norm.eval();
                norm.forward(Tensor.randn(2, 3, 1));
            }
        }
        fails("GroupNorm: expected more than one value in each group, as a variance needs. Received x of shape (1, 3).",
                () -> new GroupNorm(3, 3).forward(Tensor.randn(1, 3)));
        new GroupNorm(3, 3).forward(Tensor.randn(1, 3, 2));
    }

    @Test void inferenceAsksForEvaluation() {
        var model = new Sequential(new Linear(3, 3), new BatchNorm1d(3));
        model.layers();
        var x = Tensor.randn(4, 3);
        try (var _ = Torch.inference()) {
            assertEquals("1 (BatchNorm1d): expected evaluation mode inside Torch.inference(). Received training mode,"
                    + " in which running statistics would change; call eval() on the model first.",
                    assertThrows(IllegalStateException.class, () -> model.forward(x)).getMessage());
            isUntouched((BatchNorm) model.layers().get("1"));
            assertThrows(IllegalStateException.class, () -> new InstanceNorm(3, 1e-5, 0.1, false, true)
                    .forward(Tensor.randn(4, 3, 2)));
            new InstanceNorm(3).forward(Tensor.randn(4, 3, 2)); // has nothing that could change
            model.eval();
            model.forward(x);
        }
        assertFalse(Torch.isInference());
        model.train();
        try (var _ = Torch.noGrad()) { // statistics are taken anew so
            model.forward(x);
        }
        assertEquals(1, ((BatchNorm) model.layers().get("1")).numBatchesTracked.itemLong());
    }

    /** As with Keras's {@code layer.trainable = False}. */
    @Test void frozenStatisticsStay() {
        var norm = new BatchNorm1d(3);
        norm.forward(Tensor.randn(8, 3));
        var model = new Sequential(norm, new Linear(3, 2));
        var x = Tensor.randn(4, 3);
        model.eval();
        var expected = norm.forward(x);
        float[] mean = norm.runningMean.toFloats();
        model.train();
        model.freeze(true);
        assertTrue(norm.forward(x).sameAs(expected));
        assertArrayEquals(mean, norm.runningMean.toFloats());
        assertEquals(1, norm.numBatchesTracked.itemLong());
        norm.forward(Tensor.randn(1, 3)); // needs no variance

        norm.freeze(false);
        assertFalse(norm.forward(x).sameAs(expected));
        assertEquals(2, norm.numBatchesTracked.itemLong());
        assertFalse(model.params().get("1.weight").isTrainable());
    }
}
