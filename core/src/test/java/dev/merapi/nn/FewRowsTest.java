package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FewRowsTest {
    @Test void itGivesWhatTheUsualKernelGives() {
        Torch.seed(1);
        try (var _ = Scope.open()) {
            for (int out : new int[] {300, 301}) for (int in : new int[] {400, 3500}) agree(out, in);
        }
    }

    private static void agree(int out, int in) {
        var weight = Tensor.randn(out, in);
        var column = Tensor.randn(in, out).mT();
        var bias = new Param(Tensor.randn(out));
        for (int rows : new int[] {1, 2, 7, 8}) {
            var x = Tensor.randn(1, rows, in);
            for (var w : new Tensor[] {weight, column}) {
                agree(F.linear(x, w, bias), fast(x, w, bias));
                agree(F.linear(x, w, null), fast(x, w, null));
            }
        }
    }

    private static Tensor fast(Tensor x, Tensor weight, Tensor bias) {
        try (var _ = Torch.noGrad()) {
            assertEquals(Torch.hasOneDnn(), FewRows.suits(x, weight));
            return F.linear(x, weight, bias);
        }
    }

    private static void agree(Tensor expected, Tensor actual) {
        assertArrayEquals(expected.shape(), actual.shape());
        assertTrue(expected.allClose(actual, 1e-4, 1e-4), () -> expected.sub(actual).abs().max().toString());
    }

    @Test void itIsLeftWhereItWouldBeWrongOrSlow() {
        try (var _ = Scope.open()) {
            var weight = Tensor.randn(300, 400);
            var x = Tensor.randn(1, 400);
            assertFalse(FewRows.suits(x, weight), "its operator has no gradient");
            try (var _ = Torch.noGrad()) {
                assertFalse(FewRows.suits(Tensor.randn(9, 400), weight), "many rows");
                assertFalse(FewRows.suits(Tensor.randn(1, 40), Tensor.randn(30, 40)), "a small weight");
                assertFalse(FewRows.suits(x.to(DType.FLOAT64), weight.to(DType.FLOAT64)));
            }
        }
    }
}
