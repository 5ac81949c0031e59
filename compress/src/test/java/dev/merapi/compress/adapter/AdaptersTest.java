package dev.merapi.compress.adapter;

import dev.merapi.io.JsonFile;
import dev.merapi.io.Safetensors;
import dev.merapi.io.SafetensorsFile;
import dev.merapi.io.Weights;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AdaptersTest {
    private static final Path STORED = Path.of("src/test/resources/peft"); // by adapter.py beside them

    @TempDir private Path folder;

    private static final class Encoder extends Layer implements Unary {
        Unary query = new Linear(4, 3);

        @Override public Tensor forward(Tensor x) { return query.forward(x); }
    }

    private static final class Net extends Layer implements Unary {
        final Encoder encoder = new Encoder();
        Unary classifier = new Linear(3, 2);

        @Override public Tensor forward(Tensor x) { return classifier.forward(encoder.forward(x)); }
    }

    private static Net stored() {
        var net = new Net();
        Weights.open(STORED.resolve("base.safetensors"))
                .renamed(name -> List.of("x", "lora", "dora").contains(name) ? null : name).loadInto(net);
        net.eval();
        return net;
    }

    private static Tensor stored(String name) {
        return SafetensorsFile.open(STORED.resolve("base.safetensors")).tensor(name);
    }

    private static final LoraConfig QUERY = LoraConfig.of(2).targets("*.query");

    /** Other values than the first ones, which change nothing. */
    private static void disturb(Layer model, long seed) {
        Torch.seed(seed);
        model.params().forEach((name, param) -> {
            if (param.isTrainable() && name.contains("lora")) {
                try (var _ = Torch.noGrad()) {
                    param.copy_(Tensor.randn(param.shape()));
                }
            }
        });
    }

    @Test void anAdapterOfPeftsAnswersAsItDoes() {
        try (var _ = Scope.open()) {
            for (String kind : List.of("lora", "dora")) {
                var net = stored();
                var adapters = Adapters.of(net).load("reviews", STORED.resolve(kind));
                Tensor y = net.forward(stored("x"));
                assertTrue(y.allClose(stored(kind), 1e-5, 1e-5), kind);
                adapters.merge();
                assertTrue(net.forward(stored("x")).allClose(y, 1e-5, 1e-5), kind);
                assertEquals(2, adapters.config("reviews").rank());
                assertEquals(3, adapters.config("reviews").alpha());
                assertEquals(kind.equals("dora"), adapters.config("reviews").dora());
            }
        }
    }

    @Test void whatIsSavedIsWhatPeftSaves() throws IOException {
        for (String kind : List.of("lora", "dora")) {
            var net = stored();
            Adapters.of(net).load("reviews", STORED.resolve(kind)).save("reviews", folder.resolve(kind), "base");
            var theirs = SafetensorsFile.open(STORED.resolve(kind).resolve("adapter_model.safetensors"));
            var ours = SafetensorsFile.open(folder.resolve(kind).resolve("adapter_model.safetensors"));
            assertEquals(new TreeSet<>(theirs.names()), new TreeSet<>(ours.names()));
            try (var _ = Scope.open()) {
                for (String name : theirs.names()) assertTrue(theirs.tensor(name).sameAs(ours.tensor(name)), name);
            }
            var settings = JsonFile.object(folder.resolve(kind).resolve("adapter_config.json"));
            JsonFile.object(STORED.resolve(kind).resolve("adapter_config.json")).properties().forEach(setting -> {
                if (List.of("task_type", "loftq_config", "megatron_config", "megatron_core")
                        .contains(setting.getKey())) return;
                assertEquals(setting.getValue(), settings.get(setting.getKey()), setting.getKey());
            });
        }
    }

    @Test void aNewOneChangesNothingAndLearnsAlone() {
        try (var _ = Scope.open()) {
            var net = stored();
            Tensor x = stored("x"), before = net.forward(x);
            var adapters = Adapters.of(net).add("reviews", QUERY.whole("classifier"));
            assertTrue(net.forward(x).sameAs(before));
            assertEquals(2 * 4 + 3 * 2 + 2 * 3 + 2, adapters.parameterCount("reviews"));
            net.forward(x).sum().backward();
            net.params().forEach((name, param) -> {
                if (name.contains("lora") || name.startsWith("classifier")) assertNotNull(param.grad(), name);
                else assertNull(param.grad(), name);
            });
        }
    }

    /** With y = x Wᵀ + b + s x Aᵀ Bᵀ and the loss Σ y: dB = s · 1ᵀ (x Aᵀ), dA = s · (1 B)ᵀ (1ᵀ x). */
    @Test void gradientsAreThoseOfTheFormula() {
        try (var _ = Scope.open()) {
            var net = stored();
            Adapters.of(net).add("reviews", QUERY);
            disturb(net, 3);
            Tensor x = stored("x");
            net.encoder.forward(x).sum().backward();
            var params = net.params();
            var a = params.get("encoder.query.lora.reviews.lora_A");
            var b = params.get("encoder.query.lora.reviews.lora_B");
            Tensor sumX = x.sum(new long[] {0}, true); // (1, in)
            Tensor low = sumX.matmul(a.detach().mT()); // (1, rank)
            assertTrue(b.grad().allClose(low.expand(3, 2).mul(2), 1e-5, 1e-5));
            Tensor columns = b.detach().sum(new long[] {0}, true); // (1, rank)
            assertTrue(a.grad().allClose(columns.mT().matmul(sumX).mul(2), 1e-5, 1e-5));
        }
    }

    @Test void doraLearnsLengthsAndMergesToo() {
        try (var _ = Scope.open()) {
            var net = stored();
            Tensor x = stored("x"), before = net.forward(x);
            var adapters = Adapters.of(net).add("reviews", QUERY.dora(true).dropout(0.2));
            assertTrue(net.forward(x).allClose(before, 1e-5, 1e-6));
            disturb(net, 4);
            Tensor beside = net.forward(x);
            assertFalse(beside.allClose(before, 1e-2, 1e-2));
            adapters.merge();
            assertTrue(net.forward(x).allClose(beside, 1e-5, 1e-5));
            net.train();
            Tensor mean = Tensor.zeros(5, 2);
            adapters.unmerge();
            try (var _ = Torch.noGrad()) {
                for (int i = 0; i < 2000; i++) {
                    try (var _ = Scope.open()) {
                        mean.add_(net.forward(x).div(2000));
                    }
                }
            }
            assertTrue(mean.allClose(beside, 0.05, 0.1)); // dropout leaves the mean
        }
    }

    @Test void unmergedWeightsHaveTheirOldBits() {
        try (var _ = Scope.open()) {
            var net = stored();
            float[] before = net.params().get("encoder.query.weight").toFloats();
            var adapters = Adapters.of(net).add("reviews", QUERY);
            disturb(net, 5);
            adapters.merge();
            assertFalse(Arrays.equals(before, net.params().get("encoder.query.weight").toFloats()));
            adapters.unmerge();
            assertArrayEquals(before, net.params().get("encoder.query.weight").toFloats());
        }
    }

    @Test void severalAddUpAndAreSwapped() {
        try (var _ = Scope.open()) {
            var net = stored();
            Tensor x = stored("x"), plain = net.encoder.forward(x), answer = net.forward(x);
            var adapters = Adapters.of(net).add("a", QUERY.whole("classifier"));
            disturb(net, 6);
            try (var _ = Torch.noGrad()) {
                net.params().get("classifier.bias").fill_(1);
            }
            Tensor a = net.encoder.forward(x), withHead = net.forward(x);
            adapters.add("b", LoraConfig.of(1).targets("encoder.*"));
            disturb(net, 7);
            Tensor b = net.encoder.forward(x);
            assertEquals(List.of("b"), adapters.inUse());
            adapters.use("a", "b");
            assertTrue(net.encoder.forward(x).allClose(a.add(b).sub(plain), 1e-5, 1e-5));
            adapters.merge();
            assertTrue(net.encoder.forward(x).allClose(a.add(b).sub(plain), 1e-5, 1e-5));
            adapters.use("a");
            assertTrue(net.forward(x).sameAs(withHead)); // its own head is back
            adapters.use();
            assertTrue(net.forward(x).sameAs(answer)); // and that of the model
            adapters.remove("a");
            assertEquals(List.of("b"), adapters.names());
            adapters.detach();
            assertTrue(net.forward(x).sameAs(answer));
            assertTrue(net.params().values().stream().allMatch(p -> p.isTrainable()));
            assertEquals(4, net.params().size());
        }
    }

    @Test void gpt2KeepsItsWeightsTheOtherWay() throws IOException {
        Torch.seed(1);
        var gpt = new Gpt2(Gpt2Config.of(20, 8, 2, 2, 16, 0));
        gpt.eval();
        var adapters = Adapters.of(gpt).add("austen", LoraConfig.of(2));
        disturb(gpt, 2);
        try (var _ = Scope.open()) {
            Tensor ids = Tensor.of(new long[] {3, 1, 4, 1, 5}, 1, 5), beside = gpt.forward(ids);
            adapters.save("austen", folder);
            adapters.mergeAndDetach();
            assertTrue(gpt.forward(ids).allClose(beside, 1e-5, 1e-5));
        }
        var file = SafetensorsFile.open(folder.resolve("adapter_model.safetensors"));
        assertTrue(file.names().contains("base_model.model.transformer.h.1.attn.c_attn.lora_A.weight"));
        assertArrayEquals(new long[] {48, 2},
                file.shape("base_model.model.transformer.h.1.attn.c_attn.lora_B.weight"));
        assertTrue(Files.readString(folder.resolve("adapter_config.json")).contains("\"fan_in_fan_out\" : true"));
    }

    @Test void aModelWithAdaptersBesideItIsOpenedAgain() {
        try (var _ = Scope.open()) {
            var net = stored();
            Adapters.of(net).load("reviews", STORED.resolve("dora"));
            Tensor x = stored("x"), y = net.forward(x);
            Safetensors.save(net, folder.resolve("net.safetensors"));
            var again = new Net();
            Weights.open(folder.resolve("net.safetensors")).loadInto(again);
            again.eval();
            assertTrue(again.forward(x).allClose(y, 1e-6, 1e-6));
        }
    }

    @Test void anAdapterOfAnotherModelNamesTheDifferences() throws IOException {
        var other = new Net();
        other.encoder.query = new Linear(4, 5);
        other.classifier = new Linear(5, 2);
        var e = assertThrows(IllegalArgumentException.class,
                () -> Adapters.of(other).load("reviews", STORED.resolve("lora")));
        assertTrue(e.getMessage().contains("unfit      base_model.model.encoder.query.lora_B.weight: expected shape"
                + " (5, 2), received (3, 2)"), e.getMessage());
        assertTrue(e.getMessage().contains("unfit      base_model.model.classifier.weight"), e.getMessage());
        assertEquals(4, other.params().size()); // as it was
        var gpt = new Gpt2(Gpt2Config.of(20, 8, 1, 2, 16, 0));
        e = assertThrows(IllegalArgumentException.class,
                () -> Adapters.of(gpt).load("reviews", STORED.resolve("lora")));
        assertTrue(e.getMessage().contains("target_modules: expected layers of this model, whose affine maps end in"
                + " c_attn, c_proj, c_fc, lm_head. Received [\"query\"]"), e.getMessage());
        Files.writeString(folder.resolve("adapter_config.json"), "{\"peft_type\": \"IA3\"}");
        e = assertThrows(IllegalArgumentException.class, () -> Adapters.of(new Net()).load("reviews", folder));
        assertTrue(e.getMessage().contains("peft_type: expected \"LORA\""), e.getMessage());
    }

    @Test void patternsThatFitNothingNameWhatThereIs() {
        var e = assertThrows(IllegalArgumentException.class,
                () -> Adapters.of(new Net()).add("reviews", LoraConfig.of(2).targets("*.q_proj")));
        assertEquals("LoraConfig.targets: expected patterns that fit some of the model's 2 affine maps, which end in"
                + " query, classifier. Received [*.q_proj].", e.getMessage());
    }

    @Test void nothingStaysAlive() {
        long before = Scope.live();
        try (var _ = Scope.open()) {
            var net = stored();
            var adapters = Adapters.of(net).add("a", QUERY.whole("classifier")).add("b", QUERY);
            adapters.merge();
            net.forward(stored("x"));
            adapters.use("a");
            adapters.detach();
            net.close();
        }
        assertTrue(Scope.live() <= before);
    }
}
