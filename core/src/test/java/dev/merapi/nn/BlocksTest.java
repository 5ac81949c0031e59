package dev.merapi.nn;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

class BlocksTest {
    @Test void onlyTheLastResultStays() {
        try (var scope = Scope.open(); var _ = Torch.noGrad()) {
            Tensor x = Tensor.ones(3);
            var made = new ArrayList<Tensor>();
            Tensor y = Blocks.run(x, 4, (i, h) -> {
                Tensor twice = h.mul(2);
                made.addAll(List.of(h, twice));
                return twice.add(i);
            });
            assertArrayEquals(new float[] {27, 27, 27}, y.toFloats()); // (((1·2 + 0)·2 + 1)·2 + 2)·2 + 3
            assertEquals(2, scope.size());
            made.removeFirst();
            assertTrue(made.stream().allMatch(Tensor::isClosed));
            assertFalse(x.isClosed());
        }
    }

    @Test void gradientsAreThoseOfTheLoop() {
        try (var _ = Scope.open(); var layer = new Linear(4, 4)) {
            Tensor x = Tensor.randn(2, 4).requiresGrad_(true);
            Tensor loop = layer.forward(layer.forward(layer.forward(x).tanh()).tanh()).tanh();
            Tensor blocks = Blocks.run(x, 3, (_, h) -> layer.forward(h).tanh());
            assertArrayEquals(gradients(loop, x, layer), gradients(blocks, x, layer));
        }
    }

    private static float[] gradients(Tensor y, Tensor x, Linear layer) {
        var all = Tensor.grad(List.of(y.sum()), List.of(x, layer.weight), false);
        return Tensor.cat(all.stream().map(Tensor::flatten).toList(), 0).toFloats();
    }

    @Test void aBlockMayDoNothing() {
        try (var _ = Scope.open()) {
            Tensor x = Tensor.ones(3);
            assertSame(x, Blocks.run(x, 2, (_, h) -> h));
            assertSame(x, Blocks.run(x, 0, (_, h) -> h.add(1)));
            assertEquals(6, Blocks.run(x, 3, (i, h) -> i == 0 ? h.add(1) : h).sum().item());
            assertEquals(3, Blocks.run(x, 2, (_, h) -> h.view(3)).sum().item());
        }
    }

    @Test void whileSomebodyListensAllStays() {
        try (var _ = Scope.open(); var layer = new Linear(4, 4); var _ = Torch.noGrad()) {
            var seen = new ArrayList<Tensor>();
            try (var _ = Hooks.listen(layer, out -> seen.add(out.output()))) {
                Blocks.run(Tensor.ones(2, 4), 2, (_, h) -> layer.forward(h));
            }
            assertEquals(2, seen.size());
            assertTrue(seen.stream().noneMatch(Tensor::isClosed));
        }
    }
}
