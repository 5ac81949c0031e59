package dev.merapi.text.seams;

import dev.merapi.io.Safetensors;
import dev.merapi.io.Weights;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Name;
import dev.merapi.nn.Unary;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.Bert;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.MaskedLm;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import dev.merapi.text.model.t5.T5;
import dev.merapi.text.model.t5.T5Config;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Layers of models put in from outside. */
class ReplaceTest {
    private static final BertConfig CONFIG = BertConfig.of(40, 12, 2, 2, 16).dropout(0);

    @TempDir Path folder;

    @BeforeEach void seed() { Torch.seed(7); }

    private static Tokens tokens() {
        return Tokens.of(List.of(new long[] {2, 8, 5, 9, 3}, new long[] {2, 11, 3}, new long[] {2, 30, 31, 3}), 0);
    }

    private static Tensor logits(SequenceClassifier model) {
        try (var _ = model.evaluating(); var _ = Torch.noGrad()) { // by BERT's packed products where they are whole
            return model.forward(tokens());
        }
    }

    private static void assertClose(Tensor expected, Tensor actual) {
        assertTrue(expected.sub(actual).abs().max().item() < 1e-5, expected + " and " + actual);
    }

    @Test void loraInBertTrainsAloneAndMerges() {
        try (var _ = Scope.open(); var model = new SequenceClassifier(CONFIG)) {
            var names = new TreeSet<>(model.tensors().keySet());
            model.map((_, t) -> t.rank() == 2 ? t.mul(10) : t); // so that attention matters, as it does once trained
            Tensor before = logits(model);
            model.freeze(true);
            model.replace((path, layer) -> path.matches(".*\\.attention\\.self\\.(query|value)")
                    ? new Lora((Linear) layer, 2) : layer);
            assertClose(before, logits(model)); // B is 0

            var trained = new TreeSet<String>();
            var frozen = new TreeMap<String, float[]>();
            model.params().forEach((name, p) -> {
                if (p.isTrainable()) trained.add(name);
                else frozen.put(name, p.toFloats());
            });
            var added = new TreeSet<String>();
            for (int i = 0; i < 2; i++) {
                for (String part : List.of("query", "value")) {
                    for (String matrix : List.of("a", "b")) {
                        added.add("bert.encoder.layer." + i + ".attention.self." + part + ".lora_" + matrix);
                    }
                }
            }
            assertEquals(added, trained);
            var all = new TreeSet<>(names);
            all.addAll(added);
            Safetensors.save(model, folder.resolve("unmerged.safetensors"));
            assertEquals(all, new TreeSet<>(Weights.open(folder.resolve("unmerged.safetensors")).names()));

            double first = train(model, 1), last = train(model, 40);
            assertTrue(last < first / 2, first + " to " + last);
            frozen.forEach((name, values) -> assertArrayEquals(values, model.params().get(name).toFloats(), name));

            Tensor unmerged = logits(model);
            assertTrue(unmerged.sub(before).abs().max().item() > 0.1);
            model.replace((_, layer) -> layer instanceof Lora lora ? lora.merged() : layer);
            assertClose(unmerged, logits(model));
            assertEquals(names, new TreeSet<>(model.tensors().keySet()));
        }
    }

    /** The loss before the last step. */
    private static double train(SequenceClassifier model, int steps) {
        double loss = 0;
        try (var adam = new Adam(model, 0.05)) {
            for (int i = 0; i < steps; i++) {
                try (var _ = Scope.open()) {
                    Tensor labels = Tensor.of(new long[] {0, 1, 0}, 3, 1);
                    Tensor error = model.forward(tokens()).logSoftmax(1).gather(1, labels).mean().neg();
                    adam.zeroGrad();
                    error.backward();
                    adam.step();
                    loss = error.item();
                }
            }
        }
        return loss;
    }

    /** Computes what the layer in it does, under its names. */
    private static final class Same extends Layer implements Unary {
        @Name("") final Layer inner;

        Same(Layer inner) { this.inner = inner; }

        @Override public Tensor forward(Tensor x) { return ((Unary) inner).forward(x); }
    }

    /** Each map of one tensor to one; the numbers are counted by hand from the models' parts. */
    @Test void everyProjectionNormAndEmbeddingOfModelsCanBeReplaced() {
        Tensor ids = Tensor.of(new long[] {1, 2, 3, 4}, 1, 4);
        var bert = new Bert(CONFIG);
        check(bert, 4 + 1 + 2 * 8, () -> bert.forward(ids)); // 3 embeddings, a norm, the pooler; 8 in a block
        var masked = new MaskedLm(CONFIG);
        check(masked, 4 + 2 * 8 + 3, () -> masked.forward(Tokens.of(ids)));
        var gpt = new Gpt2(Gpt2Config.of(40, 8, 2, 2, 8, 0));
        check(gpt, 2 + 2 * 6 + 2, () -> gpt.forward(ids));
        for (boolean tied : new boolean[] {false, true}) {
            var config = LlamaConfig.of(Family.LLAMA, 40, 8, 12, 2, 2, 1);
            var llama = new Llama(tied ? config.tied() : config);
            check(llama, 1 + 2 * (2 + 4 + 1) + 2, () -> llama.forward(ids));
        }
        var t5 = new T5(T5Config.of(8, 4, 12, 1, 2).vocabSize(40).dropout(0));
        check(t5, 1 + (4 + 1 + 1 + 2) + (2 * 4 + 1 + 1 + 3) + 2 + 1,
                () -> t5.forward(ids, Tensor.of(new long[] {4}, 1), ids));
    }

    private static void check(Layer model, int places, Supplier<Tensor> forward) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.eval();
            var names = model.tensors().keySet();
            Tensor before = forward.get();
            var count = new AtomicInteger();
            model.replace((_, layer) -> {
                if (!(layer instanceof Unary) || layer instanceof Bert) return layer;
                count.incrementAndGet();
                return new Same(layer);
            });
            assertEquals(places, count.get(), model.getClass().getSimpleName());
            assertEquals(names, model.tensors().keySet());
            assertClose(before, forward.get());
            model.close();
        }
    }
}
