package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SummaryTest {
    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    /** Parameters as Keras counts them for this net: 320 + 18,496 + 16,010 = 34,826. */
    @Test void kerasConvnet() {
        var net = new Sequential(new Conv2d(1, 32, 3), new Relu(), new MaxPool2d(2), new Conv2d(32, 64, 3),
                Activation.RELU, new MaxPool2d(2), new Flatten(), new Dropout(0.5), new Linear(1600, 10));
        net.params().get("0.weight").requiresGrad_(false);
        assertEquals("""
                Layer (type)   Output shape     Parameters  Multiply-adds
                ---------------------------------------------------------
                0 (Conv2d)     (1, 32, 26, 26)         320        194,688
                1 (Relu)       (1, 32, 26, 26)           0              0
                2 (MaxPool2d)  (1, 32, 13, 13)           0              0
                3 (Conv2d)     (1, 64, 11, 11)      18,496      2,230,272
                4 (RELU)       (1, 64, 11, 11)           0              0
                5 (MaxPool2d)  (1, 64, 5, 5)             0              0
                6 (Flatten)    (1, 1600)                 0              0
                7 (Dropout)    (1, 1600)                 0              0
                8 (Linear)     (1, 10)              16,010         16,000
                ---------------------------------------------------------
                Parameters     34,826 (136.0 KiB)
                  trainable    34,538
                  frozen       288
                Multiply-adds  2,440,960
                """, Summary.of(net, 1, 1, 28, 28).toString());
    }

    /** By hand: 3·(10·64·64) for q, k, v; 2·(10·10·64) for attention; 10·64·64 out; 2·(10·64·128) feed-forward. */
    @Test void transformerLayer() {
        var layer = new TransformerEncoderLayer(64, 4, 128);
        var summary = Summary.of(layer, 1, 10, 64);
        assertEquals(3 * 40_960 + 2 * 6_400 + 40_960 + 2 * 81_920, summary.multiplyAdds());
        assertEquals(layer.parameterCount(), summary.parameters());
        assertEquals("self_attn", summary.rows().getFirst().path());
        assertEquals(3 * 40_960 + 2 * 6_400, summary.rows().getFirst().multiplyAdds());
    }

    /** Two layers, three steps, two sequences: 6 · (4·16·(8 + 16) + 4·16·(16 + 16)). */
    @Test void recurrentNet() {
        var lstm = new Lstm(8, 16, RnnOptions.DEFAULT.layers(2));
        var summary = Summary.of(lstm, () -> lstm.forward(Tensor.zeros(2, 3, 8)));
        assertEquals(6 * (64 * 24 + 64 * 32), summary.multiplyAdds());
        assertEquals("Lstm", summary.rows().getFirst().type());
    }

    @Test void modesComeBackAndUnusedLayersShow() {
        var net = new Forgetful();
        net.used.eval();
        var summary = Summary.of(net, 1, 4);
        assertTrue(net.isTraining());
        assertFalse(net.used.isTraining());
        assertEquals("used", summary.rows().get(0).path());
        assertNull(summary.rows().get(1).output());
        assertTrue(summary.toString().contains("unused (Linear)  not used"), summary.toString());
        assertEquals(2 * 20 * 4, summary.bytes());
    }

    @Test void otherTypesAndSharedParameters() {
        var shared = new Linear(4, 4);
        var net = new Sequential(shared, shared);
        net.to(DType.FLOAT64);
        var summary = Summary.of(net, 2, 4);
        assertEquals(20, summary.parameters());
        assertEquals(20 * 8, summary.bytes());
        assertEquals(2 * 2 * 16, summary.multiplyAdds());
    }

    @Test void theFirstBadLayerIsNamed() {
        var net = new Sequential(new Linear(4, 4), new Relu(), new Sequential(new Linear(4, 4), x -> x.log()),
                new Linear(4, 2));
        var x = Tensor.ones(3, 4);
        Param first = net.params().get("0.weight");
        Init.constant(1).apply(first);
        Init.ones().apply(net.params().get("0.bias"));
        Init.ones().apply(net.params().get("2.0.weight"));
        assertNull(Hooks.firstBad(net, () -> net.forward(x)));
        Init.constant(-1).apply(net.params().get("2.0.weight")); // log of negative numbers
        assertEquals("2.1", Hooks.firstBad(net, () -> net.forward(x)));
        Init.constant(Double.NaN).apply(first);
        assertEquals("0", Hooks.firstBad(net, () -> net.forward(x)));
    }

    private static final class Forgetful extends Layer implements Unary {
        final Linear unused = new Linear(4, 4);
        final Linear used = new Linear(4, 4);

        @Override public Tensor forward(Tensor x) { return used.forward(x); }
    }
}
