package dev.merapi.compress.quantize;

import dev.merapi.compress.Subject;
import dev.merapi.io.Safetensors;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Summary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class Int8LinearTest {
    @TempDir private Path folder;

    private static Sequential model() {
        Torch.seed(1);
        return new Sequential(new Linear(32, 48), new Relu(), new Linear(48, 10, false));
    }

    @Test void weightsAreRoundedToEvenStepsOfEachRow() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var linear = new Linear(3, 2, true);
            linear.params().get("weight").copy_(Tensor.of(new float[] {1.27f, -0.5f, 0.014f, 0, 254, -3}, 2, 3));
            var q = Int8Linear.of(linear, false);
            assertArrayEquals(new float[] {127, -50, 1, 0, 127, -2}, q.weight.to(DType.FLOAT32).toFloats()); // -1.5
            assertArrayEquals(new float[] {0.01f, 2}, q.weightScale.toFloats(), 1e-6f);
        }
    }

    /** Inputs are rounded to 127 steps between their smallest and largest: so far may a product be off, and no more. */
    @Test void productsAreOffByTheRoundingOfInputs() {
        long before = Scope.live();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var model = model();
            var whole = ((Linear) model.layers().get("0")).params();
            Tensor x = Tensor.randn(5, 7, 32);
            Tensor exact = x.matmul(whole.get("weight").mT()).add(whole.get("bias"));
            Quantization.dynamic(model, "0"::equals);
            var q = (Int8Linear) model.layers().get("0");
            Tensor y = q.forward(x);
            assertArrayEquals(new long[] {5, 7, 48}, y.shape());
            double step = (x.max().item() - x.min().item()) / 127;
            double bound = q.matrix().abs().sum(1).max().item() * step / 2
                    + q.weightScale.max().item() / 2 * x.abs().sum(-1).max().item();
            double off = y.sub(exact).abs().max().item();
            assertTrue(off < bound && off > bound / 1000, off + " " + bound);
            model.close();
        }
        assertTrue(Scope.live() <= before);
    }

    /** Each row by its own step: what it becomes is the same to the bit beside others, even much larger ones. */
    @Test void rowsDoNotDependOnEachOther() {
        long before = Scope.live();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var model = model();
            var whole = ((Linear) model.layers().get("0")).params();
            Tensor x = Tensor.randn(6, 32);
            x.select(0, 1).mul_(1000);
            x.select(0, 2).zero_();
            Tensor exact = x.matmul(whole.get("weight").mT()).add(whole.get("bias"));
            assertEquals(2, Quantization.byRow(model, _ -> true).changed().size());
            var q = (Int8Linear) model.layers().get("0");
            Tensor y = q.forward(x);
            for (int row = 0; row < 6; row++) {
                Tensor own = x.narrow(0, row, 1);
                assertArrayEquals(q.forward(own).toFloats(), y.select(0, row).toFloats());
                double step = own.abs().max().item() / 63;
                double bound = q.matrix().abs().sum(1).max().item() * step / 2
                        + q.weightScale.max().item() / 2 * own.abs().sum().item() + 1e-6;
                double off = y.select(0, row).sub(exact.select(0, row)).abs().max().item();
                assertTrue(off <= bound, row + ": " + off + " " + bound);
            }
            Path file = folder.resolve("rows.safetensors");
            Safetensors.save(model, file);
            var again = model();
            Safetensors.load(again, file);
            assertArrayEquals(model.forward(x).toFloats(), again.forward(x).toFloats());
            model.close();
            again.close();
        }
        assertTrue(Scope.live() <= before);
    }

    /** Without kernels all would be right, and slow. */
    @Test void thereAreKernelsOnProcessorsThatHaveThem() {
        assertTrue(!Torch.cpuCapability().startsWith("AVX") || PackedWeight.isThere());
    }

    @Test void vectorsAreRoundedByStepsOfTheirOwn() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var table = new Embedding(3, 2);
            table.params().get("weight").copy_(Tensor.of(new float[] {1.27f, -0.5f, 0, 0, 254, -3}, 3, 2));
            var model = new Sequential(table);
            Quantization.dynamic(model, _ -> true);
            Tensor ids = Tensor.of(new long[] {2, 0, 2, 1}, 2, 2);
            assertArrayEquals(new float[] {254, -4, 1.27f, -0.5f, 254, -4, 0, 0}, model.forward(ids).toFloats(), 1e-5f);
            Path file = folder.resolve("e.safetensors");
            Safetensors.save(model, file);
            var again = new Sequential(new Embedding(3, 2));
            Safetensors.load(again, file);
            assertTrue(model.forward(ids).sameAs(again.forward(ids)));
            var error = assertThrows(IllegalArgumentException.class,
                    () -> again.forward(Tensor.of(new long[] {3}, 1)));
            assertTrue(error.getMessage().contains("ids from 0 to 2"), error.getMessage());
        }
    }

    @Test void gradientsOfInputsAreThoseOfTheWeightsThatAreStoodFor() {
        try (var _ = Scope.open()) {
            var q = Int8Linear.of(new Linear(4, 3), false);
            Tensor x = Tensor.randn(2, 4).requiresGrad_(true);
            q.forward(x).sum().backward();
            Tensor expected = q.matrix().sum(0).expand(2, 4);
            assertTrue(x.grad().allClose(expected, 1e-5, 1e-6));
        }
    }

    @Test void aSavedModelIsTheSameAgain() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var model = model();
            var done = Quantization.dynamic(model, _ -> true);
            assertEquals("2 layers changed", done.toString());
            Path file = folder.resolve("q.safetensors");
            Safetensors.save(model, file);
            var again = new Sequential(new Linear(32, 48), new Relu(), new Linear(48, 10, false));
            Safetensors.load(again, file);
            Tensor x = Tensor.randn(3, 32);
            assertTrue(model.forward(x).sameAs(again.forward(x)));
            var twice = again.forward(x);
            Safetensors.load(again, file); // weights that were packed before
            assertTrue(twice.sameAs(again.forward(x)));
            assertEquals(32 * 48 + 480, Summary.of(again, 1, 32).multiplyAdds());
            assertEquals(32 * 48 + 48 + 480, Subject.parameters(again));
        }
    }

    @Test void packedWeightsAreMadeAnewWhenOthersAreLoaded() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var model = model();
            Quantization.dynamic(model, _ -> true);
            Tensor x = Tensor.randn(3, 32);
            Tensor before = model.forward(x);
            model.tensors().get("0.weight").zero_();
            model.tensors().get("0.bias").zero_();
            assertEquals(0, model.forward(x).abs().max().item(), 1e-6);
            assertTrue(before.abs().max().item() > 0.1);
        }
    }

    @Test void whatCannotBeQuantisedIsNamedAndCounted() {
        try (var _ = Scope.open()) {
            var model = new Sequential(new Conv2d(3, 2, 1), new Linear(4, 3));
            assertEquals("1 layer changed; left as they are: 1 Conv2d (0)",
                    Quantization.dynamic(model, _ -> true).toString());
            var maps = new Sequential(new Conv2d(3, 2, 1));
            var error = assertThrows(IllegalArgumentException.class, () -> Quantization.dynamic(maps, _ -> true));
            assertEquals("Quantization: expected a model with layers that can be, of a chosen name. Received 0 layers"
                    + " changed; left as they are: 1 Conv2d (0).", error.getMessage());
            var two = new Sequential(new Linear(2, 2), new Linear(2, 2));
            assertEquals(List.of("1"), Quantization.dynamic(two, "1"::equals).changed());
        }
    }
}
