package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.merapi.Goldens.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class InitTest {
    private Scope scope;

    @BeforeEach void open() {
        scope = Scope.open();
        Torch.seed(2);
    }

    @AfterEach void close() { scope.close(); }

    private static void spread(double std, double bound, Init init, long... shape) {
        var t = init.fill(Tensor.empty(DType.FLOAT32, shape));
        assertEquals(std, t.std().item(), 0.01 * std);
        assertEquals(0, t.mean().item(), 0.02 * std);
        if (bound > 0) {
            double largest = t.abs().max().item();
            assertTrue(largest <= bound * (1 + 1e-6) && largest > 0.99 * bound, largest + " against " + bound);
        }
    }

    @Test void variancesAreThePapers() {
        double uniform = Math.sqrt(3); // bound of a uniform of deviation 1
        double xavier = Math.sqrt(2.0 / (300 + 500));
        spread(xavier, xavier * uniform, Init.xavierUniform(), 500, 300);
        spread(xavier, 0, Init.xavierNormal(), 500, 300);
        double kaiming = Math.sqrt(2.0 / (32 * 9));
        spread(kaiming, kaiming * uniform, Init.kaimingUniform(), 640, 32, 3, 3);
        spread(kaiming, 0, Init.kaimingNormal(), 640, 32, 3, 3);
        spread(Math.sqrt(2.0 / (64 * 9)), 0, Init.kaimingNormalFanOut(), 64, 320, 3, 3);
    }

    /** A normal cut at two deviations has 0.8796 of the deviation. */
    @Test void truncatedNormalHasNoTails() {
        spread(0.02 * 0.87962566, 0.04, Init.truncatedNormal(0.02), 500, 400);
        var t = Init.truncatedNormal(1, 2, 0, 10).fill(Tensor.zeros(100_000));
        assertTrue(t.min().item() >= 0 && t.max().item() <= 10);
        assertEquals(2.0179, t.mean().item(), 0.02); // 1 + 2 (φ(-½) - φ(4½)) / (Φ(4½) - Φ(-½))
    }

    @Test void orthogonalRowsOrColumns() {
        for (long[] shape : new long[][] {{4, 9}, {9, 4}, {6, 3, 2, 2}}) {
            var w = Init.orthogonal(2).fill(Tensor.zeros(shape)).reshape(shape[0], -1);
            long n = Math.min(w.size(0), w.size(1));
            var product = w.size(0) <= w.size(1) ? w.matmul(w.mT()) : w.mT().matmul(w);
            assertClose(Tensor.eye(n).mul(4), product, 1e-5, 1e-5, "wᵀw");
        }
    }

    @Test void layersStartAsTorch() {
        var linear = new Linear(400, 500);
        assertEquals(0.05 / Math.sqrt(3), linear.weight.std().item(), 3e-4);
        assertTrue(linear.weight.abs().max().item() <= 0.05);
        var conv = new Conv2d(64, 64, 3);
        assertEquals(1 / Math.sqrt(3 * 64 * 9), conv.weight.std().item(), 3e-4);
        assertEquals(1, new Embedding(500, 400).weight.std().item(), 0.01);
        assertEquals(0, new Embedding(5, 4, 2).weight.select(0, 2).abs().max().item());
        assertEquals(1 / Math.sqrt(3 * 100), new Gru(100, 100).params().get("weight_hh_l0").std().item(), 1e-3);
        var attention = new MultiHeadAttention(64, 4);
        assertEquals(Math.sqrt(2.0 / 256), attention.inProjWeight.std().item(), 2e-3);
        assertEquals(0, attention.params().get("out_proj.bias").abs().max().item());
    }

    @Test void anExistingParameterGetsNewValues() {
        var linear = new Linear(3, 2);
        Init.constant(5).apply(linear.weight);
        assertEquals(30, linear.weight.sum().item());
        assertTrue(linear.weight.requiresGrad() && linear.weight.isLeaf());
    }

    @Test void fansNeedTwoDims() {
        var error = assertThrows(IllegalArgumentException.class, () -> Init.xavierUniform().fill(Tensor.zeros(3)));
        assertEquals("Init: expected a weight of at least 2 dims. Received shape (3).", error.getMessage());
    }
}
