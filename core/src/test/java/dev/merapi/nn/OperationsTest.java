package dev.merapi.nn;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

class OperationsTest {
    @Test void toldWithWhatTheyRanWith() {
        try (var model = new Sequential(new Linear(3, 4), new Relu(), new LayerNorm(4)); var _ = Scope.open()) {
            var seen = new ArrayList<Operation>();
            Tensor x = Tensor.randn(2, 3);
            try (var _ = Hooks.operations((operation, _) -> seen.add(operation))) {
                model.forward(x);
            }
            model.forward(x); // of which nobody hears
            assertEquals(2, seen.size());
            var affine = assertInstanceOf(Operation.Affine.class, seen.getFirst());
            assertSame(x, affine.x());
            assertSame(model.params().get("0.weight"), affine.weight());
            assertSame(model.params().get("0.bias"), affine.bias());
            assertInstanceOf(Operation.Scaling.class, seen.getLast());
        }
    }

    /** As the engine's kernels, which run while nobody listens. */
    @Test void recurrentLayersComputeTheSameStepByStep() {
        Torch.seed(1);
        var options = RnnOptions.DEFAULT.layers(2).bidirectional(true);
        try (var lstm = new Lstm(3, 4, options); var gru = new Gru(3, 4, options.timeMajor(true));
                var rnn = new Rnn(3, 4, options.noBias(), Activation.RELU); var cell = new LstmCell(3, 4);
                var _ = Scope.open()) {
            Tensor x = Tensor.randn(5, 6, 3), h = Tensor.randn(4, 5, 4), c = Tensor.randn(4, 5, 4);
            Tensor lengths = Tensor.of(new long[] {1, 6, 3, 2, 5}, 5);
            var runs = List.<Supplier<List<Tensor>>>of(
                    () -> { var out = lstm.forward(x, h, c, lengths); return List.of(out.y(), out.h(), out.c()); },
                    () -> { var out = lstm.forward(x); return List.of(out.y(), out.h(), out.c()); },
                    () -> { var out = gru.forward(x.transpose(0, 1), h); return List.of(out.y(), out.h()); },
                    () -> { var out = rnn.forward(x, h, lengths); return List.of(out.y(), out.h()); },
                    () -> { var out = cell.forward(x.select(1, 0), h.select(0, 0), c.select(0, 0));
                        return List.of(out.h(), out.c()); });
            for (var run : runs) {
                var plain = run.get();
                var linear = new int[1];
                try (var _ = Hooks.operations((_, _) -> linear[0]++)) {
                    var unrolled = run.get();
                    for (int i = 0; i < plain.size(); i++) {
                        assertTrue(plain.get(i).allClose(unrolled.get(i), 1e-5, 1e-5), runs.indexOf(run) + " " + i);
                    }
                }
                assertTrue(linear[0] > 1);
            }
        }
    }
}
