package dev.merapi.tensor;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class GradientHookTest {
    private Scope scope;
    private Tensor x;

    @BeforeEach void open() {
        scope = Scope.open();
        x = Tensor.of(new double[] {1, 2}).requiresGrad_(true);
    }

    @AfterEach void close() { scope.close(); }

    @Test void seesTheGradient() {
        var seen = new ArrayList<double[]>();
        var y = x.mul(3);
        y.onGradient(g -> {
            seen.add(g.toDoubles());
            return null;
        });
        y.square().sum().backward();
        assertArrayEquals(new double[] {6, 12}, seen.getFirst());
        assertArrayEquals(new double[] {18, 36}, x.grad().toDoubles());
    }

    @Test void replacesTheGradientInOrderOfRegistration() {
        x.onGradient(g -> g.mul(10)); // on a leaf
        var y = x.mul(3);
        y.onGradient(g -> g.add(1));
        y.onGradient(g -> g.mul(2));
        y.sum().backward();
        assertArrayEquals(new double[] {120, 120}, x.grad().toDoubles());
    }

    @Test void aClosedGuardRemovesIt() {
        var y = x.mul(3);
        try (var _ = y.onGradient(g -> g.mul(100)); var _ = x.onGradient(g -> g.mul(100))) {
            y.sum().backward(null, true);
        }
        x.clearGrad();
        y.sum().backward();
        assertArrayEquals(new double[] {3, 3}, x.grad().toDoubles());
    }

    @Test void outlivesTheTensorItWasSetOn() {
        Tensor loss;
        try (var inner = Scope.open()) {
            var y = x.mul(3);
            y.onGradient(g -> g.mul(2));
            loss = inner.keep(y.sum());
        }
        System.gc();
        loss.backward();
        assertArrayEquals(new double[] {6, 6}, x.grad().toDoubles());
    }

    @Test void goesWithItsLeaf() {
        int before = GradientHook.onLeaves();
        Tensor loss;
        try (var inner = Scope.open()) {
            var leaf = Tensor.of(new double[] {1, 2}).requiresGrad_(true);
            leaf.onGradient(_ -> { throw new AssertionError("of a closed leaf"); });
            leaf.onGradient(g -> g).close();
            loss = inner.keep(leaf.mul(x).sum());
            assertEquals(before + 1, GradientHook.onLeaves());
        }
        assertEquals(before, GradientHook.onLeaves());
        loss.backward(); // the graph still knows the leaf
        assertArrayEquals(new double[] {1, 2}, x.grad().toDoubles());
    }

    @Test void aGuardThatIsClosedAfterItsLeafDoesNothing() {
        var leaf = Tensor.ones(2).requiresGrad_(true);
        var guard = leaf.onGradient(g -> g);
        leaf.close();
        guard.close();
        assertTrue(leaf.isClosed());
    }

    @Test void goesWithTheGraph() {
        int before = GraphLifetime.watched();
        for (int i = 0; i < 100; i++) {
            try (var _ = Scope.open()) {
                var y = x.mul(3);
                y.onGradient(g -> g);
                y.onGradient(g -> g);
                if (i % 2 == 0) y.sum().backward();
                assertEquals(before + 1, GraphLifetime.watched());
            }
        }
        assertEquals(before, GraphLifetime.watched());
    }

    @Test void whatItThrowsComesOutOfBackward() {
        var thrown = new UncheckedIOException("disk full", new java.io.IOException());
        x.mul(3).square().onGradient(_ -> null);
        var y = x.mul(3);
        y.onGradient(_ -> { throw thrown; });
        assertSame(thrown, assertThrows(UncheckedIOException.class, () -> y.sum().backward()));
        var z = x.mul(3);
        z.onGradient(_ -> { throw new AssertionError("ours"); });
        assertEquals("ours", assertThrows(AssertionError.class,
                () -> Tensor.grad(List.of(z.sum()), List.of(x), false)).getMessage());
        var closed = Tensor.ones(2);
        closed.close();
        var w = x.mul(3);
        w.onGradient(_ -> closed);
        assertThrows(IllegalStateException.class, () -> w.sum().backward());
    }

    @Test void aGradientOfAnotherShapeIsRefused() {
        var y = x.mul(3);
        y.onGradient(_ -> Tensor.ones(DType.FLOAT64, 5));
        var error = assertThrows(IllegalArgumentException.class, () -> y.sum().backward());
        assertTrue(error.getMessage().contains("has changed the size of value"), error.getMessage());
    }

    @Test void aTensorWithoutGradientHasNone() {
        assertEquals("Tensor.onGradient: expected a tensor that records gradients. Received float32 (2) cpu; call"
                + " requiresGrad_(true) on a leaf it depends on.", assertThrows(IllegalArgumentException.class,
                () -> Tensor.ones(2).onGradient(g -> g)).getMessage());
    }
}
