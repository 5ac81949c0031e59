package dev.merapi.tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SparseTensorTest {
    /** Row 2 twice. */
    private static Tensor rows() {
        return Tensor.sparse(Tensor.of(new long[] {2, 0, 2}, 1, 3),
                Tensor.of(new float[] {1, 2.5f, 3, 4, 10, 20}, 3, 2), 3, 2);
    }

    @Test void addsUpWhatNamesAPlaceTwice() {
        try (var _ = Scope.open()) {
            var rows = rows();
            assertTrue(rows.isSparse());
            assertFalse(rows.isCoalesced());
            assertArrayEquals(new float[] {3, 4, 0, 0, 11, 22.5f}, rows.toFloats());
            assertArrayEquals(rows.toFloats(), rows.toDense().toFloats());
            var once = rows.coalesce();
            assertTrue(once.isCoalesced());
            assertArrayEquals(new long[] {0, 2}, once.indices().toLongs());
            assertArrayEquals(new float[] {3, 4, 11, 22.5f}, once.values().toFloats());
            once.values().mul_(2);
            assertArrayEquals(new float[] {6, 8, 0, 0, 22, 45}, once.toFloats());
            assertFalse(rows.toDense().isSparse());
            assertFalse(rows.toDense().isCoalesced());
        }
    }

    /** {@code print(torch.sparse_coo_tensor(torch.tensor([[0, 2]]), torch.tensor([[1., 2.5], [3, 4]]), (3, 2)))} */
    @Test void printsAsPyTorch() {
        try (var _ = Scope.open()) {
            var rows = Tensor.sparse(Tensor.of(new long[] {0, 2}, 1, 2), Tensor.of(new float[] {1, 2.5f, 3, 4}, 2, 2),
                    3, 2);
            assertEquals("""
                    tensor(indices=tensor([[0, 2]]),
                           values=tensor([[1.0000, 2.5000],
                                          [3.0000, 4.0000]]),
                           size=(3, 2), nnz=2, layout=torch.sparse_coo)""", rows.toString());
            assertEquals("""
                    tensor(indices=tensor([[0, 1],
                                           [1, 0]]),
                           values=tensor([1.5000, 2.0000]),
                           size=(2, 2), nnz=2, layout=torch.sparse_coo)""",
                    Tensor.sparse(Tensor.of(new long[] {0, 1, 1, 0}, 2, 2), Tensor.of(new float[] {1.5f, 2}), 2, 2)
                            .toString());
        }
    }

    @Test void badInput() {
        try (var _ = Scope.open()) {
            var place = Tensor.of(new long[] {3}, 1, 1);
            refuses("Tensor.sparse: size is inconsistent with indices: for dim 0, size is 3 but found index 3. Received"
                    + " int64 (1, 1) and float32 (1, 2).", () -> Tensor.sparse(place, Tensor.ones(1, 2), 3, 2));
            refuses("Tensor.sparse: values has incorrect size, expected (1, 2), got (1, 3). Received int64 (1, 1) and"
                    + " float32 (1, 3).", () -> Tensor.sparse(place, Tensor.ones(1, 3), 4, 2));
            String twice = ": expected a sparse tensor that names each place once. Received one that may not; call"
                    + " coalesce() first.";
            refuses("Tensor.indices" + twice, () -> rows().indices());
            refuses("Tensor.values" + twice, () -> rows().values());
            String dense = ": expected a sparse tensor. Received a dense one, float32 (2) cpu";
            refuses("Tensor.indices" + dense, () -> Tensor.ones(2).indices());
            refuses("Tensor.values" + dense, () -> Tensor.ones(2).values());
            refuses("Tensor.coalesce" + dense, () -> Tensor.ones(2).coalesce());
        }
    }

    private static void refuses(String message, Executable action) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, action).getMessage());
    }

    @Test void aGradientCanBePut() {
        try (var _ = Scope.open(); var p = new Param(Tensor.zeros(3, 2))) {
            assertNull(p.grad());
            p.grad(rows());
            assertTrue(p.grad().isSparse());
            p.square().sum().add(p.sum()).backward(); // adds to it
            assertArrayEquals(new float[] {4, 5, 1, 1, 12, 23.5f}, p.grad().toFloats());
            p.grad(Tensor.ones(3, 2));
            assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1}, p.grad().toFloats());
            var e = assertThrows(IllegalArgumentException.class, () -> p.grad(Tensor.ones(2, 3)));
            assertEquals("Param.grad: expected a gradient for float32 (3, 2) cpu. Received float32 (2, 3) cpu",
                    e.getMessage());
            assertThrows(IllegalArgumentException.class, () -> p.grad(Tensor.ones(DType.FLOAT64, 3, 2)));
        }
    }
}
