package dev.merapi.text.model;

import dev.merapi.io.ModelFolder;
import dev.merapi.io.Safetensors;
import dev.merapi.io.Weights;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Decoding;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** GPT-2 and the family of Llama as they write, and their folders; {@link TransformersTest} has their values. */
class DecodersTest {
    @TempDir Path folder;

    /** The model of a folder as transformers writes it. */
    private CausalLm load(String family) throws IOException {
        Path from = TransformersGoldens.of(family).folder();
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(from.resolve(file), folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        return family.equals("gpt2") ? Gpt2.load(folder) : Llama.load(folder);
    }

    private static Tensor ids() { return Tensor.of(new long[] {7, 3, 30, 3, 0, 16, 21, 8, 9,
            14, 14, 2, 25, 11, 6, 1, 5, 28}, 2, 9); }

    /** Prompts of three lengths, filled up on the left, and each alone: token by token as the whole at once. */
    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama3", "linear", "mistral", "qwen2", "qwen3", "gemma", "gemma2", "gemma3"})
    void theCacheChangesNothing(String family) throws IOException {
        try (var model = load(family); var _ = Scope.open()) {
            model.eval();
            long[] text = ids().select(0, 0).toLongs();
            long[] other = ids().select(0, 1).toLongs();
            var prompts = List.of(Arrays.copyOf(text, 4), Arrays.copyOf(other, 1), Arrays.copyOf(text, 2));
            var whole = List.of(text, other, text);
            long before = Scope.live();
            try (var together = model.begin(prompts, 5)) {
                var alone = new ArrayList<Decoding>();
                for (long[] prompt : prompts) alone.add(model.begin(List.of(prompt), 5));
                for (int step = 0; step <= 5; step++) {
                    try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                        var next = new long[3];
                        for (int row = 0; row < 3; row++) {
                            int read = prompts.get(row).length + step;
                            Tensor prefix = Tensor.of(Arrays.copyOf(whole.get(row), read), 1, read);
                            Tensor expected = model.forward(prefix).select(1, -1);
                            String what = family + ", step " + step + ", row " + row;
                            assertClose(expected, together.logits().narrow(0, row, 1), what);
                            assertClose(expected, alone.get(row).logits(), what + " alone");
                            if (step < 5) {
                                next[row] = whole.get(row)[read];
                                alone.get(row).read(Tensor.of(new long[] {next[row]}));
                            }
                        }
                        if (step < 5) together.read(Tensor.of(next));
                    }
                }
                alone.forEach(Decoding::close);
            }
            assertTrue(Scope.live() <= before, "what is left alive");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama", "gemma3"})
    void sequencesCanBeChosenOnTheWay(String family) throws IOException {
        try (var model = load(family); var _ = Scope.open()) {
            try (var decoding = model.begin(List.of(new long[] {1, 2, 3}, new long[] {4}), 6)) {
                decoding.read(Tensor.of(new long[] {5, 6}));
                decoding.select(Tensor.of(new long[] {1, 1, 0}));
                decoding.read(Tensor.of(new long[] {7, 8, 9}));
                try (var _ = Torch.noGrad()) {
                    Tensor logits = decoding.logits();
                    assertClose(last(model, 4, 6, 7), logits.select(0, 0), family);
                    assertClose(last(model, 4, 6, 8), logits.select(0, 1), family);
                    assertClose(last(model, 1, 2, 3, 5, 9), logits.select(0, 2), family);
                }
            }
        }
    }

    private static Tensor last(CausalLm model, long... ids) {
        return model.forward(Tensor.of(ids, 1, ids.length)).select(1, -1).squeeze(0);
    }

    /** With a context of 24: of 24 tokens, 12 are read again with the next. */
    @Test void beyondTheContextTheOlderHalfIsForgotten() throws IOException {
        try (var model = load("gpt2"); var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.eval();
            long before = Scope.live();
            try (var decoding = model.begin(List.of(new long[] {16, 15}, new long[] {14}), 40)) {
                for (long id = 0; id < 24; id++) {
                    try (var _ = Scope.open()) {
                        decoding.read(Tensor.of(new long[] {id, id}));
                    }
                }
                try (var _ = Scope.open()) {
                    assertClose(last(model, LongStream.range(10, 24).toArray()), decoding.logits().select(0, 0), "one");
                    assertClose(last(model, LongStream.range(11, 24).toArray()), decoding.logits().select(0, 1), "two");
                }
            }
            assertTrue(Scope.live() <= before, "what is left alive");
        }
    }

    /** Each forgets when its own context is full: no logits depend on the length of a neighbour, nor on its leaving. */
    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "gemma3", "dynamic", "longrope"})
    void beyondTheContextNeighboursDoNotMatter(String family) throws IOException {
        try (var model = load(family); var _ = Scope.open()) {
            int context = model.context();
            int steps = 3 * context / 2 + 5;
            var rows = new ArrayList<>(List.of(1, context, context / 2, context - 1, 2));
            var alone = new ArrayList<Decoding>();
            long before = Scope.live();
            for (int length : rows) alone.add(model.begin(List.of(text(length)), steps));
            try (var together = model.begin(rows.stream().map(DecodersTest::text).toList(), steps)) {
                for (int step = 0; step < steps; step++) {
                    try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                        for (int row = 0; row < rows.size(); row++) {
                            Tensor expected = alone.get(row).logits().squeeze(0);
                            assertTrue(expected.allClose(together.logits().select(0, row), 1e-3, 1e-3),
                                    family + ", prompt of " + rows.get(row) + ", step " + step);
                        }
                        if (step == context / 2 + 3) { // the longest leaves
                            rows.remove(1);
                            alone.remove(1).close();
                            together.select(Tensor.of(new long[] {0, 2, 3, 4}));
                        }
                        var next = new long[rows.size()];
                        for (int row = 0; row < next.length; row++) {
                            next[row] = (3 * step + rows.get(row)) % 17;
                            alone.get(row).read(Tensor.of(new long[] {next[row]}));
                        }
                        together.read(Tensor.of(next));
                    }
                }
            }
            alone.forEach(Decoding::close);
            assertTrue(Scope.live() <= before, "what is left alive");
        }
    }

    private static long[] text(int length) { return LongStream.range(0, length).map(i -> 5 * i % 17).toArray(); }

    @Test void manyStepsKeepMemoryFlat() throws IOException {
        try (var model = new Llama(LlamaConfig.read(write("llama", 300)))) {
            try (var decoding = model.begin(List.of(new long[] {1}, new long[] {2, 3}), 220)) {
                long after = 0;
                for (int i = 0; i < 200; i++) {
                    try (var _ = Scope.open()) {
                        decoding.read(Tensor.of(new long[] {i % 17, 3}));
                    }
                    if (i == 0) after = Scope.live();
                }
                assertTrue(Scope.live() <= after, "what is left alive");
            }
        }
    }

    private Path write(String family, int context) throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"" + family + "\", \"vocab_size\": 17,"
                + " \"hidden_size\": 8, \"intermediate_size\": 12, \"num_hidden_layers\": 2,"
                + " \"num_attention_heads\": 4, \"num_key_value_heads\": 2, \"max_position_embeddings\": " + context
                + "}");
        return folder;
    }

    @Test void foldersComeBackUnderTheSameNames() throws IOException {
        for (String family : List.of("gpt2", "qwen2", "gemma2", "gemma3")) {
            try (var model = load(family); var _ = Scope.open()) {
                Path copy = folder.resolve("copy-" + family);
                if (model instanceof Gpt2 gpt) gpt.save(copy);
                else ((Llama) model).save(copy);
                try (CausalLm again = model instanceof Gpt2 ? Gpt2.load(copy) : Llama.load(copy)) {
                    assertTrue(model.forward(ids()).sameAs(again.forward(ids())));
                }
                assertEquals(ModelFolder.config(folder).get("model_type"),
                        ModelFolder.config(copy).get("model_type"));
                assertEquals(Weights.open(folder).names().stream().sorted().toList(),
                        Weights.open(copy).names().stream().sorted().toList());
            }
        }
    }

    /** OpenAI's own file has no prefix, and its masks are in it. */
    @Test void oldNamesOfGpt2AreUnderstood() throws IOException {
        try (var model = load("gpt2"); var _ = Scope.open()) {
            var old = new LinkedHashMap<String, Tensor>();
            Weights weights = Weights.open(folder);
            for (String name : weights.names()) old.put(name.replace("transformer.", ""), weights.tensor(name));
            old.put("h.0.attn.bias", Tensor.ones(1, 1, 24, 24));
            Safetensors.write(folder.resolve("model.safetensors"), old, Map.of());
            try (var again = Gpt2.load(folder)) {
                assertTrue(model.forward(ids()).sameAs(again.forward(ids())));
            }
        }
    }

    @Test void badInputIsNamed() throws IOException {
        try (var model = load("gpt2"); var _ = Scope.open()) {
            assertMessage("Gpt2: expected at most 24 tokens, the model's context. Received 25; shorten the text.",
                    () -> model.forward(Tensor.zeros(DType.INT64, 1, 25)));
            assertMessage("Gpt2: expected at most 24 tokens of a prompt, the model's context. Received 25; shorten the"
                    + " text.", () -> model.begin(List.of(new long[25]), 1));
            assertMessage("Gpt2: expected prompts of at least one token each. Received an empty one; begin with the"
                    + " token that begins texts.", () -> model.begin(List.of(new long[] {1}, new long[0]), 1));
            assertMessage("transformer.wte (Embedding): expected ids from 0 to 30. Received 31.",
                    () -> model.forward(Tensor.of(new long[] {31}, 1, 1)));
        }
        Path config = folder.resolve("config.json");
        Files.writeString(config, "{\"model_type\": \"qwen4\"}");
        assertMessage(config + ": LlamaConfig.model_type: unknown qwen4. Did you mean qwen2? Known are llama,"
                + " mistral, qwen2, qwen3, gemma, gemma2, gemma3_text.", () -> Llama.load(folder));
        assertMessage("Gpt2Config.n_head: expected heads that divide the width 8. Received 3.",
                () -> Gpt2Config.of(17, 12, 2, 3, 8, 0));
        assertMessage("Gpt2Config.embd_pdrop: expected a probability from 0 to 1. Received -1.0.",
                () -> Gpt2Config.of(17, 12, 2, 2, 8, -1));
        assertMessage("LlamaConfig.max_position_embeddings: expected at least 1. Received 0.",
                () -> LlamaConfig.SMOLLM2_135M.context(0));
        assertMessage(config + ": LlamaConfig.rope_scaling: expected the rope_type default, linear, llama3,"
                + " yarn, longrope or dynamic. Received snake",
                () -> {
                    Files.writeString(write("llama", 24).resolve("config.json"), "{\"model_type\": \"llama\","
                            + " \"hidden_size\": 8, \"num_attention_heads\": 2, \"rope_scaling\":"
                            + " {\"rope_type\": \"snake\"}}");
                    Llama.load(folder);
                });
    }

    @Test void aWrongVocabularyIsNamedWithEveryTensor() throws IOException {
        try (var _ = load("qwen2")) {
            Path config = folder.resolve("config.json");
            Files.writeString(config, Files.readString(config).replace("31", "32"));
            String message = assertThrows(IllegalArgumentException.class, () -> Llama.load(folder)).getMessage();
            assertTrue(message.contains(
                    "model.embed_tokens.weight: expected shape (32, 16), received (31, 16)"), message);
        }
    }

    private interface Mistake {
        void run() throws IOException;
    }

    private static void assertMessage(String expected, Mistake mistake) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, mistake::run).getMessage());
    }

    private static void assertClose(Tensor expected, Tensor actual, String what) {
        assertArrayEquals(expected.shape(), actual.shape(), what);
        assertTrue(expected.allClose(actual, 1e-5, 1e-5),
                () -> what + ": differs by " + expected.sub(actual).abs().max().item());
    }
}
