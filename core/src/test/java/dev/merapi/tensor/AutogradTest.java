package dev.merapi.tensor;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AutogradTest {
    private Scope scope;
    private Tensor x;

    @BeforeEach void open() {
        scope = Scope.open();
        x = Tensor.of(new double[] {1, 2, 3}).requiresGrad_(true);
    }

    @AfterEach void close() { scope.close(); }

    @Test void backwardAccumulatesIntoLeaves() {
        x.square().sum().backward();
        x.square().sum().backward();
        assertArrayEquals(new double[] {4, 8, 12}, x.grad().toDoubles());
        x.clearGrad();
        assertNull(x.grad());
        x.square().backward(Tensor.of(new double[] {1, 0, -1}));
        assertArrayEquals(new double[] {2, 0, -6}, x.grad().toDoubles());
    }

    @Test void aGraphServesOnceUnlessRetained() {
        var y = x.square().sum();
        y.backward(null, true);
        y.backward();
        assertArrayEquals(new double[] {4, 8, 12}, x.grad().toDoubles());
        var error = assertThrows(IllegalArgumentException.class, y::backward);
        assertTrue(error.getMessage().contains("an earlier backward has freed the graph"), error.getMessage());
        assertEquals(1, error.getMessage().lines().count());
        assertTrue(error.getCause().getMessage().contains("frame #"), "the C++ frames are in the cause");
    }

    @Test void onlyA0dTensorNeedsNoGradient() {
        var error = assertThrows(IllegalArgumentException.class, () -> x.square().backward());
        assertTrue(error.getMessage().contains("expected a 0-d tensor, such as a loss"), error.getMessage());
        assertThrows(IllegalArgumentException.class,
                () -> Tensor.grad(List.of(x.square()), List.of(x), false));
    }

    @Test void gradLeavesLeavesAlone() {
        var unused = Tensor.ones(1).requiresGrad_(true);
        var gradients = Tensor.grad(List.of(x.pow(3).sum()), List.of(x, unused), false);
        assertArrayEquals(new double[] {3, 12, 27}, gradients.getFirst().toDoubles());
        assertNull(gradients.getLast());
        assertNull(x.grad());
        var weighted = Tensor.grad(List.of(x.square()), List.of(Tensor.of(new double[] {0, 1, 0})), List.of(x),
                false, false);
        assertArrayEquals(new double[] {0, 4, 0}, weighted.getFirst().toDoubles());
    }

    @Test void higherOrders() { // x⁴: 4x³, 12x², 24x
        var first = x.pow(4).sum().gradOf(x, true);
        var second = first.sum().gradOf(x, true);
        var third = second.sum().gradOf(x, false);
        assertArrayEquals(new double[] {4, 32, 108}, first.toDoubles(), 1e-12);
        assertArrayEquals(new double[] {12, 48, 108}, second.toDoubles(), 1e-12);
        assertArrayEquals(new double[] {24, 48, 72}, third.toDoubles(), 1e-12);
    }

    @Test void gradientModesNestAndBelongToTheirThread() throws InterruptedException {
        var elsewhere = new AtomicReference<Boolean>();
        try (var _ = Torch.noGrad()) {
            assertFalse(x.mul(2).requiresGrad());
            try (var _ = Torch.enableGrad()) {
                assertTrue(x.mul(2).requiresGrad());
                try (var _ = Torch.noGrad()) {
                    assertFalse(x.mul(2).requiresGrad());
                }
                assertTrue(x.mul(2).requiresGrad());
            }
            assertFalse(Torch.isGradEnabled());
            var thread = new Thread(() -> elsewhere.set(Torch.isGradEnabled()));
            thread.start();
            thread.join();
        }
        assertTrue(elsewhere.get());
        assertTrue(x.mul(2).requiresGrad());
    }

    @Test void inferenceResultsStayOutOfGraphs() {
        Tensor y;
        try (var _ = Torch.inference()) {
            y = x.mul(2);
        }
        assertFalse(y.requiresGrad());
        var error = assertThrows(IllegalArgumentException.class, () -> x.mul(y).sum().backward());
        assertTrue(error.getMessage().contains("made outside of Torch.inference()"), error.getMessage());
    }

    @Test void anInPlaceChangeOfASavedValueIsAnError() {
        var y = x.exp();
        y.add_(1);
        var error = assertThrows(IllegalArgumentException.class, () -> y.sum().backward());
        assertTrue(error.getMessage().contains("was changed in place"), error.getMessage());
    }

    @Test void detachedValuesCarryNoGradient() {
        x.mul(x.detach()).sum().backward();
        assertArrayEquals(new double[] {1, 2, 3}, x.grad().toDoubles());
    }
}
