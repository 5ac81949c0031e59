package dev.merapi.nn;

import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Sparse gradients have the values of the dense ones, in the rows that were looked up. */
class SparseEmbeddingTest {
    private static final long[] IDS = {2, 5, 2, 0, 5, 5};

    private static <L extends Layer> void assertSameGradient(L dense, L sparse, Function<L, Tensor> forward, int rows) {
        Param d = dense.params().get("weight");
        Param s = sparse.params().get("weight");
        s.set(d.detach().copy());
        Tensor factors = Tensor.randn(forward.apply(dense).shape());
        forward.apply(dense).mul(factors).sum().backward();
        forward.apply(sparse).mul(factors).sum().backward();
        assertFalse(d.grad().isSparse());
        assertTrue(s.grad().isSparse());
        assertEquals(rows, s.grad().coalesce().values().size(0));
        assertArrayEquals(d.grad().toFloats(), s.grad().toFloats(), 1e-6f);
    }

    @Test void embedding() {
        try (var _ = Scope.open()) {
            Torch.seed(1);
            Tensor ids = Tensor.of(IDS, 2, 3);
            assertSameGradient(new Embedding(9, 4), new Embedding(9, 4).sparse(), e -> e.forward(ids), 3);
            assertSameGradient(new Embedding(9, 4, 0), new Embedding(9, 4, 0).sparse(), e -> e.forward(ids), 2);
            assertTrue(new Embedding(9, 4).sparse().toString().contains("sparse=true"));
        }
    }

    @Test void bags() {
        try (var _ = Scope.open()) {
            Torch.seed(2);
            Tensor ids = Tensor.of(IDS);
            Tensor offsets = Tensor.of(new long[] {0, 2, 5});
            Tensor weights = Tensor.rand(6);
            for (var mode : new EmbeddingBag.Mode[] {EmbeddingBag.Mode.SUM, EmbeddingBag.Mode.MEAN}) {
                assertSameGradient(new EmbeddingBag(9, 4, mode), new EmbeddingBag(9, 4, mode).sparse(),
                        bag -> bag.forward(ids, offsets), 3);
                assertSameGradient(new EmbeddingBag(9, 4, mode, 5), new EmbeddingBag(9, 4, mode, 5).sparse(),
                        bag -> bag.forward(ids, offsets), 2);
            }
            assertSameGradient(new EmbeddingBag(9, 4, EmbeddingBag.Mode.SUM),
                    new EmbeddingBag(9, 4, EmbeddingBag.Mode.SUM).sparse(),
                    bag -> bag.forward(ids, offsets, weights), 3);
        }
    }

    @Test void maximaHaveNoSparseGradient() {
        var bag = new EmbeddingBag(9, 4, EmbeddingBag.Mode.MAX);
        var e = assertThrows(IllegalArgumentException.class, bag::sparse);
        assertEquals("EmbeddingBag.sparse: expected sums or means. Received MAX.", e.getMessage());
        Tensor offsets = Tensor.of(new long[] {0});
        e = assertThrows(IllegalArgumentException.class, () -> F.embeddingBag(Tensor.of(IDS), offsets, bag.weight,
                EmbeddingBag.Mode.MAX, null, -1, true));
        assertEquals("F.embeddingBag: expected sums or means where the gradient is sparse. Received MAX.",
                e.getMessage());
    }
}
