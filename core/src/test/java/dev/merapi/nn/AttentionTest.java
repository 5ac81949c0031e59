package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.merapi.Goldens.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AttentionTest {
    private Scope scope;

    @BeforeEach void open() {
        scope = Scope.open();
        Torch.seed(5);
    }

    @AfterEach void close() { scope.close(); }

    @Test void fusedAgreesWithTheFormulaUnderEveryMask() {
        var hidden = Tensor.rand(6, 6).gt(0.7).and(Tensor.eye(6).not());
        var masks = List.of(Mask.NONE, Mask.causal(), lengths(), Mask.causal().and(lengths()), Mask.hidden(hidden),
                Mask.additive(Tensor.randn(6, 6)), Mask.additive(Tensor.randn(2, 4, 6, 6)).and(Mask.causal()),
                Mask.additive(Tensor.randn(2, 1, 6, 6)).and(lengths()));
        for (var type : List.of(DType.FLOAT32, DType.FLOAT64)) {
            double tolerance = type == DType.FLOAT32 ? 1e-5 : 1e-12;
            for (int i = 0; i < masks.size(); i++) {
                var mask = masks.get(i);
                var q = Tensor.randn(2, 4, 6, 8).to(type).requiresGrad_(true);
                var k = Tensor.randn(2, 2, 6, 8).to(type).requiresGrad_(true); // two heads share a group
                var v = Tensor.randn(2, 2, 6, 3).to(type).requiresGrad_(true);
                var up = Tensor.randn(2, 4, 6, 3).to(type);
                var fused = F.attention(q, k, v, mask, 0);
                var formula = F.attentionWeights(q, k, mask).matmul(v.repeatInterleave(2, 1));
                String what = type + ", mask " + i;
                assertClose(formula, fused, tolerance, tolerance, what);
                var inputs = List.of(q, k, v);
                var expected = Tensor.grad(List.of(formula.mul(up).sum()), inputs, false);
                var actual = Tensor.grad(List.of(fused.mul(up).sum()), inputs, false);
                for (int j = 0; j < 3; j++) {
                    assertClose(expected.get(j), actual.get(j), 10 * tolerance, 10 * tolerance, what + ", " + j);
                }
            }
        }
    }

    @Test void oneQueryOfManyHeadsAgreesWithTheFormula() {
        var q = Tensor.randn(2, 4, 1, 8);
        var k = Tensor.randn(2, 2, 6, 8);
        var v = Tensor.randn(2, 2, 6, 3);
        var masks = List.of(Mask.NONE, Mask.causal(), Mask.causal().and(lengths()),
                Mask.hidden(Tensor.rand(1, 6).gt(0.7)), Mask.additive(Tensor.randn(2, 4, 1, 6)));
        for (var mask : masks) {
            var formula = F.attentionWeights(q, k, mask).matmul(v.repeatInterleave(2, 1));
            assertClose(formula, F.attention(q, k, v, mask, 0), 1e-5, 1e-5, "mask " + masks.indexOf(mask));
        }
    }

    /** Its products are float32's, which are many times faster on a CPU; what comes out is of the type that went in. */
    @Test void halvesAreMultipliedAsFloats() {
        var parts = new Tensor[] {Tensor.randn(2, 4, 6, 8), Tensor.randn(2, 2, 6, 8), Tensor.randn(2, 2, 6, 3)};
        var mask = Mask.causal().and(lengths());
        for (var type : List.of(DType.BFLOAT16, DType.FLOAT16)) {
            var halves = new Tensor[3];
            var rounded = new Tensor[3];
            for (int i = 0; i < 3; i++) rounded[i] = (halves[i] = parts[i].to(type)).to(DType.FLOAT32);
            var expected = F.attention(rounded[0], rounded[1], rounded[2], mask, 0);
            var actual = F.attention(halves[0], halves[1], halves[2], mask, 0);
            assertEquals(expected.to(type).toString(), actual.toString());
            try (var _ = Torch.autocast(Device.CPU, type)) {
                assertClose(expected, F.attention(rounded[0], rounded[1], rounded[2], mask, 0), 1e-6, 1e-6, "autocast");
                assertTrue(Torch.isAutocast(Device.CPU), "on again");
            }
        }
    }

    /** Scores of 6 and 0 become 2 · tanh(3) and 0; a cap far above the scores changes nothing. */
    @Test void cappedScores() {
        var q = Tensor.of(new float[] {2}, 1, 1, 1, 1);
        var pair = Tensor.of(new float[] {3, 0}, 1, 1, 2, 1);
        double first = 1 / (1 + Math.exp(-2 * Math.tanh(3)));
        assertEquals(3 * first, F.cappedAttention(q, pair, pair, Mask.NONE, 2).item(), 1e-6);
        var queries = Tensor.randn(2, 4, 6, 8);
        var k = Tensor.randn(2, 2, 6, 8);
        var v = Tensor.randn(2, 2, 6, 3);
        var mask = Mask.causal().and(lengths());
        assertClose(F.attention(queries, k, v, mask, 0), F.cappedAttention(queries, k, v, mask, 1000), 1e-4, 1e-4, "");
    }

    private static Mask lengths() { return Mask.lengths(Tensor.of(new long[] {6, 3}), 6); }

    @Test void aQueryThatSeesNothingGetsZeroAndNoGradientIsNan() {
        var attention = new MultiHeadAttention(8, 2);
        var x = Tensor.randn(2, 5, 8).requiresGrad_(true);
        var empty = Mask.lengths(Tensor.of(new long[] {0, 5}), 5);
        for (var mask : List.of(empty, Mask.causal().and(empty))) {
            var y = attention.forward(x, mask);
            // zero before the output projection, whose bias starts at zero
            assertEquals(0, y.select(0, 0).abs().max().item());
            assertTrue(y.select(0, 1).abs().min().item() > 0);
            y.square().sum().backward();
            assertTrue(x.grad().isFinite().all().itemBoolean());
        }
    }

    @Test void causalMasksAlignTheLastQueryWithTheLastKey() {
        var q = Tensor.randn(1, 1, 2, 4);
        var k = Tensor.randn(1, 1, 5, 4);
        var weights = F.attentionWeights(q, k, Mask.causal());
        assertEquals(0, weights.select(2, 0).select(2, 4).item());
        assertTrue(weights.select(2, 0).select(2, 3).item() > 0);
        assertTrue(weights.select(2, 1).select(2, 4).item() > 0);

        var v = Tensor.randn(1, 1, 5, 4);
        assertClose(weights.matmul(v), F.attention(q, k, v, Mask.causal(), 0), 1e-5, 1e-6, "two queries, five keys");
    }

    @Test void laterPositionsDoNotReachEarlierOnes() {
        var layer = new TransformerEncoderLayer(8, 2, 16);
        layer.eval();
        var x = Tensor.randn(1, 6, 8);
        var changed = x.copy();
        try (Guard _ = Torch.noGrad()) {
            changed.select(1, 4).add_(1);
            var before = layer.forward(x, Mask.causal());
            var after = layer.forward(changed, Mask.causal());
            assertTrue(before.narrow(1, 0, 4).allClose(after.narrow(1, 0, 4), 0, 1e-7));
            assertTrue(before.narrow(1, 4, 2).sub(after.narrow(1, 4, 2)).abs().min().item() > 0);
        }
    }

    @Test void dropoutActsInTrainingOnly() {
        var attention = new MultiHeadAttention(8, 2, AttentionOptions.DEFAULT.dropout(0.5));
        var x = Tensor.randn(1, 6, 8);
        assertTrue(!attention.forward(x).sameAs(attention.forward(x)));
        attention.eval();
        assertTrue(attention.forward(x).sameAs(attention.forward(x)));
    }

    @Test void turnedProductsDependOnDistanceAlone() {
        for (var rotary : List.of(Rotary.HALVES, Rotary.INTERLEAVED)) {
            var q = Tensor.randn(1, 16).to(DType.FLOAT64);
            var k = Tensor.randn(1, 16).to(DType.FLOAT64);
            double near = rotary.rotate(q, 7).matmul(rotary.rotate(k, 3).mT()).item();
            double far = rotary.rotate(q, 100_007).matmul(rotary.rotate(k, 100_003).mT()).item();
            assertEquals(near, far, 1e-9);
        }
    }

    @Test void wrongMasksAreNamed() {
        var error = assertThrows(IllegalArgumentException.class, () -> Mask.padding(Tensor.ones(2, 3)));
        assertEquals("Mask.padding: expected bool of shape (B, S). Received float32 of shape (2, 3).",
                error.getMessage());
        error = assertThrows(IllegalArgumentException.class, () -> Mask.additive(Tensor.ones(3)));
        assertEquals("Mask.additive: expected floating-point of shape (T, S) or (B, H, T, S)."
                + " Received float32 of shape (3).", error.getMessage());
    }
}
