package dev.merapi.compress.quantize;

import dev.merapi.io.Safetensors;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Summary;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class GroupedInt8LinearTest {
    @TempDir private Path folder;

    @Test void weightsAreRoundedToEvenStepsOfEachGroup() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var linear = new Linear(4, 2, false);
            linear.params().get("weight").copy_(Tensor.of(new float[] {127, -50.4f, 0.5f, 0.25f, 0, 254, -2, 1}, 2, 4));
            var q = GroupedInt8Linear.of(linear, 2); // steps are 1, 1 / 254 in bfloat16, 2, 2 / 127 in bfloat16
            assertArrayEquals(new float[] {127, -50, 0.5f, 0.25f, 0, 254, -2, 1}, q.matrix().toFloats(), 0.01f);
        }
    }

    /** A weight is off by half a step at most, and products are of bfloat16's eight bits. */
    @Test void fewRowsAndManyGiveNearlyTheSame() {
        long before = Scope.live();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Torch.seed(3);
            for (int rows : new int[] {1, 5, 40}) {
                var linear = new Linear(128, 48);
                Tensor x = Tensor.randn(new Rng(rows), rows, 128);
                Tensor exact = linear.forward(x);
                var q = GroupedInt8Linear.of(linear, 32);
                double step = q.weightScale.abs().max().item();
                double bound = (step / 2 + linear.matrix().abs().max().item() / 128) * x.abs().sum(-1).max().item();
                double off = q.forward(x).sub(exact).abs().max().item();
                assertTrue(off < bound && off > 0, off + " " + bound);
                q.close();
                linear.close();
            }
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void aSavedModelIsTheSameAgain() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var model = new Sequential(new Linear(64, 32), new Relu(), new Linear(32, 10, false));
            assertEquals("1 layer changed; left as they are: 1 Linear (2)",
                    Quantization.int8(model, _ -> true, 64).toString());
            Path file = folder.resolve("q.safetensors");
            Safetensors.save(model, file);
            var again = new Sequential(new Linear(64, 32), new Relu(), new Linear(32, 10, false));
            Safetensors.load(again, file);
            Tensor x = Tensor.randn(new Rng(1), 3, 64);
            assertTrue(model.forward(x).sameAs(again.forward(x)));
            assertEquals(64 * 32 + 320, Summary.of(again, 1, 64).multiplyAdds());
            var error = assertThrows(IllegalArgumentException.class, () -> Quantization.int8(again, _ -> true, 48));
            assertTrue(error.getMessage().contains("expected a model with layers that can be"), error.getMessage());
        }
    }
}
