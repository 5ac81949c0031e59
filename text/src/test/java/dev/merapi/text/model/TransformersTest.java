package dev.merapi.text.model;

import dev.merapi.io.ModelFolder;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.Generative;
import dev.merapi.text.generate.Generator;
import dev.merapi.text.model.bert.MaskedLm;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import dev.merapi.text.model.t5.T5;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Folders that Hugging Face's transformers saved: values, gradients and texts are transformers' own. */
class TransformersTest {
    private static final long END = 2;

    @ParameterizedTest @ValueSource(strings = {"bert", "roberta", "distilbert"})
    void maskedLms(String name) {
        var goldens = TransformersGoldens.of(name);
        long before = Scope.live();
        try (var model = MaskedLm.load(goldens.folder()); var _ = Scope.open()) {
            learns(goldens, model, model.forward(tokens(goldens)));
        }
        assertTrue(Scope.live() <= before);
    }

    @ParameterizedTest @ValueSource(strings = "bert_classifier")
    void classifiers(String name) {
        var goldens = TransformersGoldens.of(name);
        try (var model = SequenceClassifier.load(goldens.folder()); var _ = Scope.open()) {
            Tensor logits = model.forward(tokens(goldens));
            goldens.assertClose(goldens.tensor("logits"), logits, "logits");
            Tensor loss = new CrossEntropy().forward(logits, goldens.tensor("labels"));
            goldens.assertClose(goldens.tensor("loss"), loss.reshape(1), "loss");
            loss.backward();
            goldens.assertGradients(model);
        }
    }

    private static Tokens tokens(TransformersGoldens goldens) {
        boolean typed = goldens.expected().names().contains("types");
        return new Tokens(goldens.ids(), typed ? goldens.tensor("types") : null, goldens.mask());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama", "llama3", "linear", "mistral", "qwen2", "qwen3", "gemma", "gemma2",
            "gemma3", "yarn", "longrope", "dynamic"})
    void decoders(String name) {
        var goldens = TransformersGoldens.of(name);
        long before = Scope.live();
        try (CausalLm model = name.equals("gpt2") ? Gpt2.load(goldens.folder()) : Llama.load(goldens.folder());
                var _ = Scope.open()) {
            continues(goldens, model);
            model.params().values().forEach(Tensor::clearGrad);
            if (model instanceof Gpt2 gpt) gpt.recomputeActivations(true);
            else ((Llama) model).recomputeActivations(true);
            continues(goldens, model);
            writes(goldens, model);
        }
        assertTrue(Scope.live() <= before);
    }

    @ParameterizedTest @ValueSource(strings = {"t5", "flan"})
    void translators(String name) {
        var goldens = TransformersGoldens.of(name);
        long before = Scope.live();
        try (var model = T5.load(goldens.folder()); var _ = Scope.open()) {
            Tensor read = read(goldens, model.bos());
            learns(goldens, model, model.forward(goldens.ids(), goldens.tensor("lengths"), read));
            writes(goldens, model);
        }
        assertTrue(Scope.live() <= before);
    }

    /** What the decoder reads to say the labels. */
    private static Tensor read(TransformersGoldens goldens, long bos) {
        Tensor labels = goldens.tensor("labels");
        Tensor before = labels.narrow(1, 0, labels.size(1) - 1).clamp(0, null);
        return Tensor.cat(List.of(Tensor.full(bos, labels.size(0), 1), before), 1);
    }

    /** The same model as files of transformers 4 describe it. */
    @ParameterizedTest @ValueSource(strings = {"llama3", "qwen2", "gemma2", "gemma3"})
    void olderFiles(String name, @TempDir Path folder) throws IOException {
        var goldens = TransformersGoldens.of(name);
        var config = ModelFolder.config(goldens.folder());
        Map<?, ?> rope = (Map<?, ?>) config.remove("rope_parameters");
        config.remove("layer_types"); // Qwen's by max_window_layers, Gemma 3's by sliding_window_pattern
        if (name.equals("gemma3")) {
            config.put("rope_local_base_freq", 10_000);
            rope = (Map<?, ?>) rope.get("full_attention");
        }
        config.put("rope_theta", rope.get("rope_theta"));
        config.put("rope_scaling", rope.get("rope_type").equals("default") ? null : rope);
        ModelFolder.writeConfig(config, folder.resolve("config.json"));
        Files.copy(goldens.folder().resolve("model.safetensors"), folder.resolve("model.safetensors"));
        try (var model = Llama.load(folder); var _ = Scope.open()) {
            assertSeen(goldens, model.forward(goldens.ids()));
        }
    }

    @Test void aPatternOfNoLayersIsRefused(@TempDir Path folder) {
        var config = ModelFolder.config(TransformersGoldens.of("gemma3").folder());
        config.remove("layer_types");
        config.put("sliding_window_pattern", 0);
        ModelFolder.writeConfig(config, folder.resolve("config.json"));
        var e = assertThrows(IllegalArgumentException.class, () -> LlamaConfig.read(folder));
        assertEquals(folder.resolve("config.json")
                + ": LlamaConfig.sliding_window_pattern: expected at least 1. Received 0.", e.getMessage());
    }

    /** Before transformers 5, a T5 whose last layer is its own did not scale, and that was one setting. */
    @Test void olderFilesOfFlan(@TempDir Path folder) throws IOException {
        var goldens = TransformersGoldens.of("flan");
        var config = ModelFolder.config(goldens.folder());
        config.remove("scale_decoder_outputs");
        config.put("tie_word_embeddings", false);
        ModelFolder.writeConfig(config, folder.resolve("config.json"));
        Files.copy(goldens.folder().resolve("model.safetensors"), folder.resolve("model.safetensors"));
        try (var model = T5.load(folder); var _ = Scope.open()) {
            assertSeen(goldens, model.forward(goldens.ids(), goldens.tensor("lengths"), read(goldens, model.bos())));
        }
    }

    /** Labels are the inputs: each token's is the next. */
    private static void continues(TransformersGoldens goldens, CausalLm model) {
        long last = goldens.ids().size(1) - 1;
        Tensor logits = model.forward(goldens.ids());
        assertSeen(goldens, logits);
        Tensor loss = new CrossEntropy().forward(logits.narrow(1, 0, last).flatten(0, 1),
                goldens.tensor("labels").narrow(1, 1, last).flatten());
        goldens.assertClose(goldens.tensor("loss"), loss.reshape(1), "loss");
        loss.backward();
        goldens.assertGradients(model);
    }

    /** Logits (B, T, V) beside labels (B, T). */
    private static void learns(TransformersGoldens goldens, Layer model, Tensor logits) {
        assertSeen(goldens, logits);
        Tensor loss = new CrossEntropy().forward(logits.flatten(0, 1), goldens.tensor("labels").flatten());
        goldens.assertClose(goldens.tensor("loss"), loss.reshape(1), "loss");
        loss.backward();
        goldens.assertGradients(model);
    }

    /** What stands at fill means nothing. */
    private static void assertSeen(TransformersGoldens goldens, Tensor logits) {
        Tensor seen = goldens.mask().unsqueeze(2);
        goldens.assertClose(goldens.tensor("logits").mul(seen), logits.mul(seen), "logits");
    }

    private static void writes(TransformersGoldens goldens, Generative model) {
        var generator = new Generator(model, null, END); // ids in, ids out
        var greedy = Generation.DEFAULT.maxTokens(10);
        Function<Generation, List<long[]>> write = options -> generator.generateIds(goldens.inputs(), options);
        assertTexts(goldens, "greedy", write.apply(greedy));
        assertTexts(goldens, "penalised", write.apply(greedy.repetitionPenalty(1.3)));
        var search = greedy.beams(3).lengthPenalty(0.7);
        assertTexts(goldens, "beams", write.apply(search));
        for (int row = 0; row < goldens.inputs().size(); row++) {
            var best = generator.generateSeveral(goldens.inputs().get(row), 3, search);
            for (int rank = 1; rank < 3; rank++) {
                String key = "beams." + row + "." + rank;
                assertArrayEquals(goldens.tensor(key).toLongs(), best.get(rank), key);
            }
        }
    }

    private static void assertTexts(TransformersGoldens goldens, String way, List<long[]> texts) {
        var expected = goldens.texts(way);
        for (int row = 0; row < expected.size(); row++) {
            assertArrayEquals(expected.get(row), texts.get(row), goldens.folder().getFileName() + ", " + way + ", "
                    + row);
        }
    }
}
