package dev.merapi.compress.quantize;

import dev.merapi.io.ModelFolder;
import dev.merapi.io.Safetensors;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Folders as AutoGPTQ and AutoAWQ write them, packed here one code after the other as their documents say: of GPTQ
 * eight inputs in an int32, the first in the lowest bits, zeros less one; of AWQ eight outputs, in the order 0 2 4 6 1
 * 3 5 7.
 */
class HubQuantizedTest {
    private static final int GROUP = 32;
    private static final int[] AWQ = {0, 2, 4, 6, 1, 3, 5, 7};
    private static final LlamaConfig CONFIG = LlamaConfig.of(Family.LLAMA, 40, 64, 128, 1, 4, 2);

    @TempDir private Path folder;

    private final Map<String, float[][]> weights = new LinkedHashMap<>(); // (out, in)

    private Map<String, Tensor> packed(boolean awq) { return packed(awq, false); }

    /** @param mixed whether inputs are in groups at random, as with desc_act */
    private Map<String, Tensor> packed(boolean awq, boolean mixed) {
        Torch.seed(1);
        var random = new SplittableRandom(2);
        var tensors = new LinkedHashMap<String, Tensor>();
        try (var llama = new Llama(CONFIG)) {
            llama.tensors().forEach((name, tensor) -> {
                if (!name.contains("proj")) tensors.put(name, tensor.detach().copy());
                else pack(name.replace(".weight", ""), tensor.shape(), awq, mixed, random, tensors);
            });
        }
        return tensors;
    }

    private void pack(String path, long[] shape, boolean awq, boolean mixed, SplittableRandom random,
            Map<String, Tensor> into) {
        int out = (int) shape[0], in = (int) shape[1];
        var codes = new int[out][in];
        var zeros = new int[in / GROUP][out];
        var scales = new float[in / GROUP * out];
        for (int[] row : codes) for (int i = 0; i < in; i++) row[i] = random.nextInt(16);
        for (int[] row : zeros) for (int o = 0; o < out; o++) row[o] = 1 + random.nextInt(15);
        for (int i = 0; i < scales.length; i++) scales[i] = (1 + random.nextInt(8)) / 256f;
        var groups = new int[in];
        for (int i = 0; i < in; i++) groups[i] = i / GROUP;
        for (int i = in - 1; mixed && i > 0; i--) {
            int j = random.nextInt(i + 1), other = groups[j];
            groups[j] = groups[i];
            groups[i] = other;
        }
        var weight = new float[out][in];
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                weight[o][i] = (codes[o][i] - zeros[groups[i]][o]) * scales[groups[i] * out + o];
            }
        }
        weights.put(path, weight);
        var qweight = new int[in * out / 8];
        var qzeros = new int[in / GROUP * out / 8];
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                if (awq) qweight[i * (out / 8) + o / 8] |= codes[o][i] << 4 * place(o % 8);
                else qweight[i / 8 * out + o] |= codes[o][i] << 4 * (i % 8);
            }
            for (int g = 0; g < in / GROUP; g++) {
                qzeros[g * (out / 8) + o / 8] |= awq ? zeros[g][o] << 4 * place(o % 8)
                        : zeros[g][o] - 1 << 4 * (o % 8);
            }
        }
        into.put(path + ".qweight", awq ? Tensor.of(qweight, in, out / 8) : Tensor.of(qweight, in / 8, out));
        into.put(path + ".qzeros", Tensor.of(qzeros, in / GROUP, out / 8));
        into.put(path + ".scales", Tensor.of(scales, in / GROUP, out).to(DType.FLOAT16));
        if (awq) return;
        into.put(path + ".g_idx", Tensor.of(groups, in));
    }

    /** In which nibble AWQ puts a column. */
    private static int place(int column) {
        for (int i = 0; i < 8; i++) if (AWQ[i] == column) return i;
        throw new AssertionError();
    }

    private Path write(boolean awq, Map<String, Tensor> tensors, int bits) {
        Path at = folder.resolve("m");
        var config = new LinkedHashMap<>(ModelFolder.settings(CONFIG));
        config.put("quantization_config", Map.of("quant_method", awq ? "awq" : "gptq", "bits", bits, "group_size",
                GROUP));
        ModelFolder.writeConfig(config, at.resolve("config.json"));
        Safetensors.write(at.resolve("model.safetensors"), tensors, Map.of());
        return at;
    }

    @Test void bothLayoutsAreRead() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            for (boolean awq : new boolean[] {false, true}) {
                var tensors = packed(awq);
                var llama = HubQuantized.load(write(awq, tensors, 4));
                assertEquals(7, weights.size());
                weights.forEach((path, expected) -> {
                    Tensor read = ((Int4Linear) llama.layers().get(path)).matrix();
                    assertTrue(read.allClose(Tensor.of(expected), 0, 1e-3), path + " " + awq);
                });
                assertTrue(llama.layers().get("model.embed_tokens").params().get("weight").detach()
                        .sameAs(tensors.get("model.embed_tokens.weight")));
                Path saved = folder.resolve("saved" + awq);
                llama.save(saved);
                var again = Llama.load(saved);
                Tensor ids = Tensor.of(new long[] {1, 5, 9}, 1, 3);
                assertTrue(llama.forward(ids).sameAs(again.forward(ids)));
            }
        }
    }

    @Test void inputsMayBeInAnyGroup() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var llama = HubQuantized.load(write(false, packed(false, true), 4));
            assertEquals(7, weights.size());
            weights.forEach((path, values) -> {
                var layer = (Int4Linear) llama.layers().get(path);
                Tensor expected = Tensor.of(values);
                assertTrue(layer.matrix().allClose(expected, 0, 1e-3), path);
                Tensor x = Tensor.randn(3, expected.size(1)).to(DType.BFLOAT16).to(DType.FLOAT32);
                Tensor y = x.matmul(expected.mT());
                assertTrue(layer.forward(x).sub(y).norm().item() < 0.02 * y.norm().item(), path); // bfloat16 within
            });
            llama.save(folder.resolve("saved"));
            Tensor ids = Tensor.of(new long[] {1, 5, 9}, 1, 3);
            assertTrue(llama.forward(ids).sameAs(Llama.load(folder.resolve("saved")).forward(ids)));
        }
    }

    @Test void otherPackingsAreRefused() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var tensors = packed(false);
            String path = "model.layers.0.mlp.up_proj";
            assertRefused(write(true, tensors, 4), "qweight: expected a packing of shape");
            assertRefused(write(false, tensors, 3), "quantization_config: expected 4 bits. Received 3.");
            var order = new LinkedHashMap<>(tensors);
            order.put(path + ".g_idx", tensors.get(path + ".g_idx").zerosLike());
            assertRefused(write(false, order, 4), path + ".g_idx: expected groups of 32 inputs, from 0 to 1");
            var without = new LinkedHashMap<>(tensors);
            without.remove(path + ".scales");
            assertRefused(write(false, without, 4), path + ".scales: expected a tensor (2, 128)");
        }
    }

    private static void assertRefused(Path folder, String message) {
        var error = assertThrows(IllegalArgumentException.class, () -> HubQuantized.load(folder));
        assertTrue(error.getMessage().contains(message), error.getMessage());
    }
}
