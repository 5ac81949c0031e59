package dev.merapi.tensor;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ActivationCheckpointTest {
    private final Param w = new Param(Tensor.randn(8, 8));
    private final Param v = new Param(Tensor.randn(8, 8));

    private Tensor block(Tensor x) { return dropout(x.matmul(w).tanh()).add(x); }

    private static Tensor dropout(Tensor x) { return Tensor.call("dropout", "", x, 0.5, true); }

    private record Run(float[] value, float[] gx, float[] gw, float[] gv, float[] next) {}

    /** Two blocks with a layer between, from one seed; the last numbers show where the generator stands. */
    private Run run(UnaryOperator<Tensor> block) {
        try (var _ = Scope.open()) {
            Torch.seed(7);
            var x = Tensor.randn(4, 8).requiresGrad_(true);
            w.clearGrad();
            v.clearGrad();
            var y = block.apply(dropout(block.apply(x)).matmul(v)).square().sum();
            y.backward();
            return new Run(y.toFloats(), x.grad().toFloats(), w.grad().toFloats(), v.grad().toFloats(),
                    Tensor.randn(3).toFloats());
        }
    }

    @Test void valuesAndGradientsAreThoseOfThePlainFunction() {
        var plain = run(this::block);
        var checkpointed = run(ActivationCheckpoint.of(this::block));
        var nested = run(ActivationCheckpoint.of(ActivationCheckpoint.of(this::block)));
        for (var other : List.of(checkpointed, nested)) {
            assertArrayEquals(plain.value, other.value);
            assertArrayEquals(plain.gx, other.gx);
            assertArrayEquals(plain.gw, other.gw);
            assertArrayEquals(plain.gv, other.gv);
            assertArrayEquals(plain.next, other.next);
        }
    }

    @Test void theFunctionRunsAgainInBackwardAlone() {
        var calls = new AtomicInteger();
        var block = ActivationCheckpoint.of(x -> {
            calls.incrementAndGet();
            assertEquals(calls.get() == 2, Torch.isGradEnabled());
            return x.matmul(w);
        });
        try (var _ = Scope.open()) {
            var y = block.apply(Tensor.ones(1, 8));
            assertEquals(1, calls.get());
            y.sum().backward();
            assertEquals(2, calls.get());
        }
    }

    @Test void withoutGradientsItIsThePlainFunction() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var y = ActivationCheckpoint.of(x -> x.matmul(w)).apply(Tensor.ones(1, 8));
            assertFalse(y.requiresGrad());
        }
    }

    @Test void severalInputsOfWhichSomeNeedNoGradient() {
        try (var _ = Scope.open()) {
            var a = Tensor.randn(3, 8).requiresGrad_(true);
            var ids = Tensor.of(new long[] {2, 0});
            var b = Tensor.scalar(2.5, DType.FLOAT32).requiresGrad_(true);
            var y = ActivationCheckpoint.ofList(in -> in.get(0).indexSelect(0, in.get(1)).matmul(w).mul(in.get(2)))
                    .apply(List.of(a, ids, b));
            var plain = a.indexSelect(0, ids).matmul(w).mul(b);
            var expected = Tensor.grad(List.of(plain.square().sum()), List.of(a, b), false);
            y.square().sum().backward();
            assertArrayEquals(expected.getFirst().toFloats(), a.grad().toFloats());
            assertArrayEquals(expected.getLast().toFloats(), b.grad().toFloats());
        }
    }

    @Test void negativeZeroAndInfinityAreKept() {
        try (var _ = Scope.open()) {
            var x = Tensor.of(new float[] {-0f, 0, Float.NEGATIVE_INFINITY}).requiresGrad_(true);
            var y = ActivationCheckpoint.of(t -> t.mul(1)).apply(x);
            assertArrayEquals(new float[] {-0f, 0, Float.NEGATIVE_INFINITY}, y.toFloats());
        }
    }

    /** Converted weights that the first, gradient-free pass left in autocast's cache would cut this graph. */
    @Test void mixedPrecisionRepeatsAndKeepsTheGraphWhole() {
        try (var _ = Scope.open()) {
            var x = Tensor.randn(2, 8).requiresGrad_(true);
            Tensor plain;
            Tensor checkpointed;
            try (var _ = Torch.autocast(Device.CPU, DType.BFLOAT16)) {
                plain = x.matmul(w).matmul(w).sum();
                checkpointed = ActivationCheckpoint.of(t -> t.matmul(w)).apply(x).matmul(w).sum();
            }
            w.clearGrad();
            plain.backward();
            var expected = w.grad().copy();
            w.clearGrad();
            checkpointed.backward();
            assertTrue(w.grad().allClose(expected, 2e-2, 2e-2), w.grad() + "\n" + expected);
        }
    }

    @Test void aRetainedGraphRecomputesEachTime() {
        try (var _ = Scope.open()) {
            var x = Tensor.ones(1, 8).requiresGrad_(true);
            var y = ActivationCheckpoint.of(t -> t.mul(3)).apply(x).sum();
            y.backward(null, true);
            y.backward();
            assertEquals(6 * 8, x.grad().sum().item());
        }
    }

    @Test void anExceptionInTheRecomputationComesOutOfBackward() {
        var thrown = new IllegalStateException("second time");
        var calls = new AtomicInteger();
        try (var _ = Scope.open()) {
            var y = ActivationCheckpoint.of(x -> {
                if (calls.incrementAndGet() == 2) throw thrown;
                return x.matmul(w);
            }).apply(Tensor.ones(1, 8));
            assertSame(thrown, assertThrows(IllegalStateException.class, () -> y.sum().backward()));
        }
        assertTrue(Torch.isGradEnabled());
    }

    @Test void nothingIsLeftOfAThousandSteps() {
        var block = ActivationCheckpoint.of(this::block);
        run(block);
        int watched = GraphLifetime.watched();
        long live = Scope.live();
        for (int i = 0; i < 1000; i++) {
            try (var _ = Scope.open()) {
                var y = block.apply(block.apply(Tensor.ones(2, 8).requiresGrad_(true)));
                if (i % 3 > 0) y.sum().backward(); // a forward without backward leaves nothing either
            }
        }
        assertEquals(watched, GraphLifetime.watched());
        w.clearGrad();
        assertTrue(Scope.live() <= live, Scope.live() + " tensors live, " + live + " before");
    }
}
