package dev.merapi.compress.adapter;

import dev.merapi.data.Batch;
import dev.merapi.io.SafetensorsFile;
import dev.merapi.nn.KeysValues;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.causal.KvCache;
import dev.merapi.text.model.causal.KvColumns;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import dev.merapi.train.Supervised;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SoftPromptTest {
    private static final long[] TEXT = {3, 1, 4, 1, 5, 9};

    @TempDir private Path folder;

    @BeforeEach void seed() { Torch.seed(8); }

    private static Gpt2 gpt() { return new Gpt2(Gpt2Config.of(20, 16, 2, 2, 16, 0)); }

    private static Llama llama() { return new Llama(LlamaConfig.of(Family.LLAMA, 20, 16, 32, 2, 4, 2)); }

    private static Tensor ids(int from, int to) {
        return Tensor.of(Arrays.copyOfRange(TEXT, from, to), 1, to - from);
    }

    /** Of the vectors of two tokens: as those tokens before the text. */
    @Test void aPromptStandsBeforeTheText() {
        for (CausalLm model : List.of(gpt(), llama())) {
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                model.eval();
                Tensor expected = model.forward(ids(0, 6)).narrow(1, 2, 4);
                Tensor table = model.params().entrySet().iterator().next().getValue();
                Tensor rows = table.indexSelect(0, ids(0, 2).flatten());
                var tuning = PromptTuning.of(model, 2);
                tuning.prompt.copy_(rows);
                assertTrue(tuning.forward(ids(2, 6)).allClose(expected, 1e-4, 1e-5));
                tuning.detach();
                assertTrue(model.forward(ids(0, 6)).narrow(1, 2, 4).allClose(expected, 1e-5, 1e-6));
            }
        }
    }

    /** What layers keep of tokens, in the order that PEFT has them. */
    private static final class Kept implements KvCache {
        final List<Tensor> rows = new ArrayList<>(); // (T, G · D)
        private final KvColumns columns = new KvColumns(new long[] {0}, Device.CPU);

        @Override public KvColumns columns() { return columns; }

        @Override public KeysValues append(int layer, Tensor k, Tensor v) {
            for (Tensor t : List.of(k, v)) {
                rows.add(t.squeeze(0).transpose(0, 1).flatten(1, 2).copy().owned()); // blocks free what they made
            }
            return new KeysValues(k, v);
        }

        @Override public void join(KvCache other) { throw new AssertionError(); }

        @Override public void select(long... chosen) { throw new AssertionError(); }

        @Override public void close() { columns.close(); }
    }

    /** Of the keys and values of two tokens: as those tokens before the text. */
    @Test void aPrefixStandsBeforeTheText() {
        for (CausalLm model : List.of(gpt(), llama())) {
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                model.eval();
                Tensor expected = model.forward(ids(0, 6)).narrow(1, 2, 4);
                var kept = new Kept();
                model.forward(ids(0, 2), kept);
                var tuning = PrefixTuning.of(model, 2);
                tuning.prefix.copy_(Tensor.cat(kept.rows, 1));
                assertTrue(tuning.forward(ids(2, 6)).allClose(expected, 1e-4, 1e-5));
                try (var decoding = model.begin(List.of(new long[] {4, 1, 5, 9}), 2, tuning.cache())) {
                    assertTrue(decoding.logits().allClose(expected.select(1, -1), 1e-4, 1e-5));
                }
            }
        }
    }

    private static double learn(Supervised task, Param what) {
        var adam = new Adam(task.model(), 0.3);
        double last = 0;
        var batch = new Batch(ids(0, 5), ids(1, 6));
        for (int i = 0; i < 40; i++) {
            try (var _ = Scope.open()) {
                var loss = task.forward(batch).loss();
                adam.zeroGrad();
                loss.backward();
                adam.step();
                last = loss.item();
            }
        }
        adam.close();
        assertEquals(1, task.model().params().size());
        assertTrue(what.isTrainable());
        return last;
    }

    @Test void theyLearnAndTheModelStays() {
        try (var gpt = gpt(); var _ = Scope.open()) {
            float[] before = gpt.params().get("transformer.h.0.attn.c_attn.weight").toFloats();
            double plain;
            try (var _ = Torch.noGrad()) {
                plain = new NextToken().forward(gpt.forward(ids(0, 5)), ids(1, 6)).item();
            }
            var prompt = PromptTuning.of(gpt, 4);
            double byPrompt = learn(prompt.task(), prompt.prompt);
            prompt.detach();
            var prefix = PrefixTuning.of(gpt, 4);
            double byPrefix = learn(prefix.task(), prefix.prefix);
            assertTrue(byPrompt < plain - 0.05 && byPrefix < plain - 0.05, plain + " " + byPrompt + " " + byPrefix);
            assertArrayEquals(before, gpt.params().get("transformer.h.0.attn.c_attn.weight").toFloats());
        }
    }

    @Test void filesArePeftsAndAnothersAreRefused() {
        try (var gpt = gpt(); var _ = Scope.open()) {
            var prefix = PrefixTuning.of(gpt, 3);
            prefix.save(folder.resolve("prefix"));
            var file = SafetensorsFile.open(folder.resolve("prefix/adapter_model.safetensors"));
            assertArrayEquals(new long[] {3, 2 * 2 * 16}, file.shape("prompt_embeddings")); // layers, both, heads
            assertTrue(PrefixTuning.load(gpt, folder.resolve("prefix")).prefix.sameAs(prefix.prefix));
            var prompt = PromptTuning.of(gpt, 3);
            prompt.save(folder.resolve("prompt"));
            prompt.detach();
            var again = PromptTuning.load(gpt, folder.resolve("prompt"));
            assertArrayEquals(new long[] {3, 16}, again.prompt.shape());
            again.detach();
            var e = assertThrows(IllegalArgumentException.class,
                    () -> PromptTuning.load(gpt, folder.resolve("prefix")));
            assertTrue(e.getMessage().contains("peft_type: expected \"PROMPT_TUNING\""), e.getMessage());
            var wide = new Gpt2(Gpt2Config.of(20, 16, 2, 2, 32, 0));
            e = assertThrows(IllegalArgumentException.class, () -> PromptTuning.load(wide, folder.resolve("prompt")));
            assertTrue(e.getMessage().contains("expected a tensor prompt_embeddings (3, 32), as this model needs."
                    + " Received (3, 16)"), e.getMessage());
            assertEquals(wide.params().size(), new Gpt2(Gpt2Config.of(20, 16, 2, 2, 32, 0)).params().size());
        }
    }

    @Test void bottlenecksLearnAloneAndAreSavedAlone() {
        try (var gpt = gpt(); var _ = Scope.open()) {
            gpt.eval();
            Tensor before = gpt.forward(ids(0, 6));
            assertEquals(4, Bottlenecks.add(gpt, 3, "*.c_proj"));
            assertTrue(gpt.forward(ids(0, 6)).sameAs(before));
            gpt.forward(ids(0, 6)).square().sum().backward();
            gpt.params().forEach((name, p) -> assertEquals(name.contains(".bottleneck."), p.isTrainable(), name));
            try (var _ = Torch.noGrad()) {
                gpt.params().forEach((name, p) -> { if (p.isTrainable()) p.normal_(0, 0.1); });
            }
            Bottlenecks.save(gpt, folder.resolve("b.safetensors"));
            Tensor with = gpt.forward(ids(0, 6)).detach().copy();
            assertEquals(16, SafetensorsFile.open(folder.resolve("b.safetensors")).names().size());
            try (var _ = Torch.noGrad()) {
                gpt.params().forEach((name, p) -> { if (p.isTrainable()) p.zero_(); });
            }
            Bottlenecks.load(gpt, folder.resolve("b.safetensors"));
            assertTrue(gpt.forward(ids(0, 6)).sameAs(with));
            var e = assertThrows(IllegalArgumentException.class, () -> Bottlenecks.add(gpt(), 3, "*.q_proj"));
            assertTrue(e.getMessage().startsWith("Bottlenecks.add: expected patterns that fit some of the model's"
                    + " affine maps, which end in c_attn, c_proj, c_fc, lm_head"), e.getMessage());
        }
    }
}
