package dev.merapi.text.model.causal;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.RaggedDecoding.Memory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What keys and values take, and what is left of them. */
class KvMemoryTest {
    private static final KvCache.Shape SHAPE = new KvCache.Shape(3, 2, 16, DType.FLOAT32, Device.CPU);

    /** Keys and values of 32 tokens, 3 layers, 2 heads: of 16 numbers, and in int8 of a scale of 4 bytes. */
    @ParameterizedTest
    @CsvSource({"FLOAT32, 24576", "BFLOAT16, 12288", "INT8, 7680"})
    void asManyBytesAreTakenAsAreCounted(DType type, long block) {
        long before = Scope.live();
        try (var _ = Scope.open(); var memory = new KvMemory(SHAPE, new Memory(11 * block - 1, type), null)) {
            assertEquals(320, memory.tokens());
            var stretch = memory.open();
            assertTrue(memory.grow(stretch, 0, 300, 300));
            assertFalse(memory.grow(stretch, 300, 321, 321));
            long bytes = 0;
            for (int layer = 0; layer < 3; layer++) {
                for (boolean keys : new boolean[] {true, false}) {
                    var kept = stretch.kept(layer, keys);
                    assertEquals(type, kept.dtype());
                    bytes += kept.numel() * type.bytes();
                }
            }
            assertEquals(10 * block, bytes);
        }
        assertTrue(Scope.live() <= before);
    }

    /** Off by half a step at most, of which 127 are a vector's largest number, whatever stands beside it. */
    @Test void eightBitsAreRoundedByTokenAndHead() {
        try (var _ = Scope.open(); var memory = new KvMemory(SHAPE, new Memory(1 << 20, DType.INT8), null)) {
            Torch.seed(1);
            Tensor sizes = Tensor.of(new float[] {1e-3f, 1, 1e3f, 0, 5}, 1, 1, 5, 1);
            Tensor k = Tensor.randn(1, 2, 5, 16).mul(sizes), v = Tensor.randn(1, 2, 5, 16);
            var stretch = memory.open();
            memory.grow(stretch, 0, 40, 40);
            stretch.keep(1, 30, k, v);
            memory.grow(stretch, 35, 90, 90); // moved as it is
            Tensor found = stretch.read(1, true, 30, 5), off = k.sub(found).abs();
            Tensor half = k.abs().amax(new long[] {-1}, true).div(2 * 127).mul(1.001);
            assertTrue(off.le(half).all().itemBoolean(), off::toString);
            assertTrue(off.sum().item() > 0, "rounded");
            assertTrue(v.allClose(stretch.read(1, false, 30, 5), 0, 4.0 / 254));
        }
    }
}
