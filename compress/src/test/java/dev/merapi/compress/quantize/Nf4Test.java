package dev.merapi.compress.quantize;

import dev.merapi.compress.adapter.Adapters;
import dev.merapi.compress.adapter.LoraConfig;
import dev.merapi.io.Safetensors;
import dev.merapi.io.Weights;
import dev.merapi.nn.F;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class Nf4Test {
    @BeforeEach void seed() { Torch.seed(2); }

    /** By trying all levels for each number. */
    @Test void eachNumberGetsTheNearestLevelOfItsBlock() {
        try (var _ = Scope.open()) {
            Tensor x = Tensor.randn(4, 64);
            float[] given = x.toFloats(), found = Nf4.of(x).values(4, 64).toFloats(), levels = Nf4.levels();
            for (int block = 0; block < 4; block++) {
                float scale = 0;
                for (int i = 0; i < 64; i++) scale = Math.max(scale, Math.abs(given[64 * block + i]));
                for (int i = 0; i < 64; i++) {
                    float best = Float.MAX_VALUE, value = given[64 * block + i];
                    for (float level : levels) {
                        if (Math.abs(level * scale - value) < Math.abs(best - value)) best = level * scale;
                    }
                    assertEquals(best, found[64 * block + i], 1e-6f * scale);
                }
            }
        }
    }

    /** As bitsandbytes packs: the first number in the upper half. Levels 0, 15 and 7 are -1, 1 and 0. */
    @Test void twoNumbersLieInAByte() {
        try (var _ = Scope.open()) {
            var values = new float[64];
            values[0] = -3;
            values[1] = 3;
            var packed = Nf4.of(Tensor.of(values));
            byte[] expected = new byte[32];
            Arrays.fill(expected, (byte) 0x77);
            expected[0] = 0x0f;
            assertArrayEquals(expected, packed.packed().toBytes());
            assertEquals(DType.UINT8, packed.packed().dtype());
            assertArrayEquals(new float[] {3}, packed.scales().toFloats());
            assertArrayEquals(values, packed.values(64).toFloats());
            assertEquals(32 + 4, Nf4.bytes(64));
        }
    }

    @Test void zerosStayAndWhatFillsNoBlocksIsRefused() {
        try (var _ = Scope.open()) {
            assertArrayEquals(new float[64], Nf4.of(Tensor.zeros(64)).values(64).toFloats());
            var e = assertThrows(IllegalArgumentException.class, () -> Nf4.of(Tensor.ones(3, 5)));
            assertEquals("Nf4.of: expected a multiple of 64 numbers. Received float32 (3, 5) cpu.", e.getMessage());
        }
    }

    @Test void productsAndGradientsAreThoseOfTheRoundedWeights() {
        try (var _ = Scope.open()) {
            var linear = new Linear(32, 8);
            Tensor w = Nf4.of(linear.matrix()).values(8, 32), b = linear.bias().detach().copy();
            var model = new Sequential(linear);
            assertEquals(1, Quantization.nf4(model, _ -> true).changed().size());
            Tensor x = Tensor.randn(3, 32).requiresGrad_(true), like = x.detach().copy().requiresGrad_(true);
            Tensor y = model.forward(x), expected = F.linear(like, w, b);
            assertTrue(y.allClose(expected, 1e-5, 1e-5));
            y.square().sum().backward();
            expected.square().sum().backward();
            assertTrue(x.grad().allClose(like.grad(), 1e-4, 1e-4));
        }
    }

    @Test void aModelOfFourBitsIsOpenedAgain(@TempDir Path folder) {
        try (var _ = Scope.open()) {
            var model = new Sequential(new Linear(32, 8), new Linear(8, 3));
            Quantization.nf4(model, _ -> true);
            Safetensors.save(model, folder.resolve("four.safetensors"));
            var again = new Sequential(new Linear(32, 8), new Linear(8, 3));
            Weights.open(folder.resolve("four.safetensors")).loadInto(again);
            Tensor x = Tensor.randn(2, 32);
            assertTrue(again.forward(x).sameAs(model.forward(x)));
        }
    }

    @Test void anAdapterLearnsBesideThem() {
        try (var _ = Scope.open()) {
            var model = new Sequential(new Linear(32, 16), new Relu(), new Linear(16, 8), new Linear(8, 3));
            assertEquals(2, Quantization.nf4(model, _ -> true).changed().size()); // 3 x 8 numbers fill no block
            var adapters = Adapters.of(model).add("q", LoraConfig.of(2).targets("*"));
            Tensor x = Tensor.randn(5, 32);
            model.forward(x).square().sum().backward();
            model.params().forEach((name, p) -> assertEquals(name.endsWith("lora_A") || name.endsWith("lora_B"),
                    p.grad() != null, name));
            var e = assertThrows(IllegalArgumentException.class, adapters::merge);
            assertTrue(e.getMessage().startsWith("Adapters.merge: expected weights that can be changed by little at 0"),
                    e.getMessage());
        }
    }
}
