package dev.merapi.compress.quantize;

import dev.merapi.io.Safetensors;
import dev.merapi.io.Weights;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Summary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.causal.DenseCache;
import dev.merapi.text.model.causal.KvCache;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class Int4LinearTest {
    @TempDir private Path folder;

    private static Tensor weight(Linear linear) { return linear.params().get("weight").detach(); }

    @Test void eachGroupHasSixteenEvenSteps() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var values = new float[16 * 32];
            for (int i = 0; i < values.length; i++) values[i] = i % 32 * 0.5f; // 0 to 15.5 in each row
            var grouped = Grouped.nearest(Tensor.of(values, 16, 32), 32);
            double scale = 1.03125; // 15.5 / 15 as bfloat16
            assertEquals(scale, grouped.scales().select(0, 0).item(), 1e-9);
            assertEquals(8.25, grouped.middles().select(0, 0).item(), 1e-9); // 0 + 8 · scale
            int[] codes = grouped.codes().select(0, 3).toInts();
            for (int i = 0; i < 32; i++) assertEquals(Math.round(i * 0.5 / scale), codes[i], 1e-9, "" + i);
            assertTrue(grouped.values().sub(Tensor.of(values, 16, 32)).abs().max().item() <= scale / 2 + 0.1);
        }
    }

    @Test void theKernelMultipliesByWhatTheCodesStandFor() {
        long before = Scope.live();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Torch.seed(1);
            for (int group : List.of(32, 64, 128)) {
                var linear = new Linear(256, 48);
                var q = Int4Linear.of(Grouped.nearest(weight(linear), group), null, linear.bias());
                for (int rows : List.of(1, 3, 40, 600)) { // 600 go by the weights as numbers
                    Tensor x = Tensor.randn(rows, 256);
                    Tensor exact = x.matmul(q.matrix().mT()).add(linear.bias());
                    double off = q.forward(x).sub(exact).abs().max().item();
                    assertTrue(off < 0.02 * exact.abs().max().item() + 0.01, group + " " + rows + ": " + off);
                }
                q.close();
            }
        }
        assertTrue(Scope.live() <= before + 6, Scope.live() + " " + before); // linears are garbage
    }

    private static Sequential model() {
        Torch.seed(2);
        return new Sequential(new Linear(64, 128), new Relu(), new Linear(128, 32, false));
    }

    /** Inputs that go together, as real ones do. */
    private static Tensor inputs(int rows) {
        return Tensor.randn(rows, 8).matmul(Tensor.randn(8, 64)).add(Tensor.randn(rows, 64).mul(0.1));
    }

    @Test void roundingByExamplesLosesLess() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Torch.seed(3);
            Tensor x = inputs(256);
            Tensor weight = Tensor.randn(32, 64);
            Tensor hessian = x.mT().matmul(x);
            double nearest = Awq.loss(Grouped.nearest(weight, 32).values().sub(weight), hessian);
            double gptq = Awq.loss(Gptq.of(weight, hessian, 32).values().sub(weight), hessian);
            assertTrue(gptq < 0.6 * nearest, gptq + " " + nearest);
            Tensor uneven = x.mul(Tensor.linspace(0.1, 5, 64));
            Tensor unevenHessian = uneven.mT().matmul(uneven);
            var awq = Awq.of(weight, uneven.abs().mean(0), unevenHessian, 32);
            double stretched = Awq.loss(awq.grouped().values().div(awq.scale()).sub(weight), unevenHessian);
            double plain = Awq.loss(Grouped.nearest(weight, 32).values().sub(weight), unevenHessian);
            assertTrue(stretched < 0.9 * plain, stretched + " " + plain);
        }
    }

    /** Without anything in common between inputs nothing can be made up for: GPTQ is the nearest. */
    @Test void withIndependentInputsGptqIsTheNearest() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Torch.seed(4);
            Tensor weight = Tensor.randn(16, 64);
            var a = Gptq.of(weight, Tensor.eye(64), 32);
            var b = Grouped.nearest(weight, 32);
            assertArrayEquals(b.codes().toInts(), a.codes().toInts());
            assertArrayEquals(b.scales().toFloats(), a.scales().toFloats());
        }
    }

    @Test void aSavedModelIsTheSameAgainWhateverTheRounding() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor x = inputs(50);
            for (var rounding : Rounding.values()) {
                var model = model();
                Tensor exact = model.forward(x);
                var done = Quantization.int4(model, _ -> true, 32, rounding, () -> model.forward(x));
                assertEquals("2 layers changed", done.toString());
                double off = model.forward(x).sub(exact).norm().item() / exact.norm().item();
                assertTrue(off < 0.15, rounding + " " + off);
                Path file = folder.resolve(rounding + ".safetensors");
                Safetensors.save(model, file);
                var again = model();
                Safetensors.load(again, file);
                assertTrue(model.forward(x).sameAs(again.forward(x)), "" + rounding);
                assertEquals(64 * 128 + 128 * 32, Summary.of(again, 1, 64).multiplyAdds());
            }
        }
    }

    @Test void gradientsGoThroughToTheInputs() {
        try (var _ = Scope.open()) {
            var q = Int4Linear.of(Grouped.nearest(weight(new Linear(32, 16)), 32), null, null);
            Tensor x = Tensor.randn(2, 32).requiresGrad_(true);
            q.forward(x).sum().backward();
            assertTrue(x.grad().allClose(q.matrix().sum(0).expand(2, 32), 1e-4, 1e-5));
        }
    }

    @Test void wrongPackingsGroupsAndEmptyExamplesAreRefused() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var model = model();
            var empty = assertThrows(IllegalArgumentException.class,
                    () -> Quantization.int4(model, _ -> true, 32, Rounding.GPTQ, () -> { }));
            assertTrue(empty.getMessage().contains("expected examples that run through all layers to quantise."
                    + " Received none through 0"), empty.getMessage());
            var group = assertThrows(IllegalArgumentException.class, () -> Quantization.int4(model, _ -> true, 48));
            assertTrue(group.getMessage().contains("0 layers changed; left as they are: 2 Linear"),
                    group.getMessage());
            Quantization.int4(model, _ -> true, 32);
            Path file = folder.resolve("wrong.safetensors");
            Safetensors.save(model, file);
            var metadata = Weights.open(file).metadata();
            var tensors = new LinkedHashMap<>(model.tensors());
            tensors.put("0.weight", Tensor.zeros(DType.UINT8, 128, 16));
            Safetensors.write(file, tensors, metadata);
            var packing = assertThrows(IllegalArgumentException.class, () -> Safetensors.load(model(), file));
            assertTrue(packing.getMessage().contains("0.weight: expected shape (128, 32), received (128, 16)"),
                    packing.getMessage());
            Safetensors.write(file, model.tensors(), Map.of("changes", metadata.get("changes").replace("32", "\"a\"")));
            var setting = assertThrows(IllegalArgumentException.class, () -> Safetensors.load(model(), file));
            assertTrue(setting.getMessage().contains("Change quantized.group: expected a whole number"),
                    setting.getMessage());
        }
    }

    @Test void keysAndValuesOfEightBitsGiveNearlyTheSameText() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Torch.seed(5);
            var gpt = new Gpt2(Gpt2Config.of(40, 16, 2, 2, 32, 0));
            gpt.eval();
            Tensor plain = logits(gpt, DenseCache::new);
            Tensor bits = logits(gpt, Int8Cache::new);
            double off = bits.sub(plain).abs().max().item();
            assertTrue(off < 0.02 * plain.abs().max().item() && off > 0, "" + off);
        }
    }

    private static Tensor logits(Gpt2 gpt, KvCache.Kind kind) {
        var all = new ArrayList<Tensor>();
        try (var decoding = gpt.begin(List.of(new long[] {3, 5, 7}, new long[] {2}), 6, kind)) {
            decoding.add(List.of(new long[] {9, 9}));
            for (int i = 0; i < 4; i++) {
                all.add(decoding.logits().copy());
                decoding.read(Tensor.of(new long[] {i, i + 1, i + 2}));
            }
            decoding.select(Tensor.of(new long[] {2, 0}));
            all.add(decoding.logits().copy());
        }
        return Tensor.cat(all, 0);
    }
}
