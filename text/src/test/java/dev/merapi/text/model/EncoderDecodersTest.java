package dev.merapi.text.model;

import dev.merapi.io.Safetensors;
import dev.merapi.io.SafetensorsFile;
import dev.merapi.io.Weights;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Decoding;
import dev.merapi.text.model.seq2seq.EncoderDecoder;
import dev.merapi.text.model.seq2seq.Pair;
import dev.merapi.text.model.seq2seq.PairBatch;
import dev.merapi.text.model.seq2seq.Seq2SeqConfig;
import dev.merapi.text.model.seq2seq.Seq2SeqConfig.Tying;
import dev.merapi.text.model.seq2seq.Seq2SeqTransformer;
import dev.merapi.text.model.t5.T5;
import dev.merapi.text.model.t5.T5Config;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The Transformer and T5, against what {@code src/test/python/encoder_decoder_goldens.py} computed with PyTorch. */
class EncoderDecodersTest {
    private static final SafetensorsFile GOLDENS = goldens();
    private static final String T5_SETTINGS = """
            {"model_type": "t5", "vocab_size": 17, "d_model": 8, "d_kv": 3, "d_ff": 12, "num_layers": 2, "num_heads": 2,
             "relative_attention_num_buckets": 8, "relative_attention_max_distance": 12, "dropout_rate": 0,
             "feed_forward_proj": "%s", "tie_word_embeddings": %s, "is_encoder_decoder": true}
            """;

    @TempDir Path folder;

    private static SafetensorsFile goldens() {
        try {
            return SafetensorsFile.open(
                    Path.of(EncoderDecodersTest.class.getResource("/goldens/encoder_decoders.safetensors").toURI()));
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private EncoderDecoder load(String name) throws IOException {
        return switch (name) {
            case "post" -> transformer(name, false, 17, Tying.ALL);
            case "pre" -> transformer(name, true, 13, Tying.OUTPUT);
            case "apart" -> transformer(name, true, 13, Tying.NONE);
            case "t5" -> t5(name, "relu", true, Map.of());
            default -> t5(name, "gated-gelu", false, Map.of());
        };
    }

    private static Seq2SeqTransformer transformer(String name, boolean preNorm, int targets, Tying tying) {
        var model = new Seq2SeqTransformer(new Seq2SeqConfig(17, 8, 2, 12, 2, 2, 0, preNorm, 30, 1, 2)
                .vocabularies(17, targets, tying));
        try (var _ = Scope.open()) {
            Weights.of(params(name)).loadInto(model);
        }
        return model;
    }

    /** The model of a folder as transformers writes it, whose weights have more names. */
    private T5 t5(String name, String activation, boolean tied, Map<String, String> copies) throws IOException {
        Files.writeString(folder.resolve("config.json"), T5_SETTINGS.formatted(activation, tied));
        try (var _ = Scope.open()) {
            var weights = params(name);
            copies.forEach((copy, of) -> weights.put(copy, weights.get(of)));
            Safetensors.write(folder.resolve("model.safetensors"), weights, Map.of());
        }
        return T5.load(folder);
    }

    private static Map<String, Tensor> params(String name) {
        var params = new LinkedHashMap<String, Tensor>();
        String prefix = name + "/param.";
        GOLDENS.names().stream().filter(key -> key.startsWith(prefix))
                .forEach(key -> params.put(key.substring(prefix.length()), GOLDENS.tensor(key)));
        return params;
    }

    private static Tensor golden(String key) { return GOLDENS.tensor(key); }

    private static Tensor forward(EncoderDecoder model) {
        return model.forward(golden("source"), golden("lengths"), golden("target"));
    }

    @ParameterizedTest @ValueSource(strings = {"post", "pre", "apart", "t5", "flan"})
    void logitsAndGradientsAreThoseOfTorch(String name) throws IOException {
        try (var model = load(name); var _ = Scope.open()) {
            Tensor logits = forward(model);
            assertClose(golden(name + "/logits"), logits, name);
            new CrossEntropy().labelSmoothing(0.1).forward(logits.narrow(1, 0, 5).flatten(0, 1),
                    golden("target").narrow(1, 1, 5).flatten()).backward();
            model.params().forEach((key, param) ->
                    assertClose(golden(name + "/grad." + key), param.grad(), name + ": " + key));
        }
    }

    /** Sources of three lengths, together and each alone: token by token as the whole at once. */
    @ParameterizedTest @ValueSource(strings = {"post", "pre", "apart", "t5", "flan"})
    void theCachesChangeNothing(String name) throws IOException {
        long before = Scope.live();
        try (var model = load(name)) {
            long bos = model.bos();
            var sources = new ArrayList<long[]>();
            var targets = new ArrayList<long[]>();
            var wholes = new ArrayList<Tensor>();
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                long[] lengths = golden("lengths").toLongs();
                for (int row = 0; row < 3; row++) {
                    sources.add(Arrays.copyOf(golden("source").select(0, row).toLongs(), (int) lengths[row]));
                    targets.add(golden("target").select(0, row).toLongs());
                    targets.get(row)[0] = bos;
                    wholes.add(model.forward(Tensor.of(sources.get(row), 1, lengths[row]),
                            Tensor.of(new long[] {lengths[row]}), Tensor.of(targets.get(row), 1, 6)).owned());
                }
            }
            try (var together = model.begin(sources, 5)) {
                var alone = new ArrayList<Decoding>();
                for (long[] source : sources) alone.add(model.begin(List.of(source), 5));
                for (int step = 0; step < 6; step++) {
                    try (var _ = Scope.open()) {
                        for (int row = 0; row < 3; row++) {
                            Tensor expected = wholes.get(row).select(1, step);
                            String what = name + ", step " + step + ", row " + row;
                            assertClose(expected, together.logits().narrow(0, row, 1), what);
                            assertClose(expected, alone.get(row).logits(), what + " alone");
                        }
                        if (step == 5) break;
                        int next = step + 1;
                        for (int row = 0; row < 3; row++) {
                            alone.get(row).read(Tensor.of(new long[] {targets.get(row)[next]}));
                        }
                        together.read(Tensor.of(targets.stream().mapToLong(target -> target[next]).toArray()));
                    }
                }
                alone.forEach(Decoding::close);
            }
            wholes.forEach(Tensor::close);
        }
        assertTrue(Scope.live() <= before);
    }

    /** Two beams of each source change places, then only those of the second go on. */
    @ParameterizedTest @ValueSource(strings = {"post", "t5"}) void chosenRowsGoOnAsTheirOwn(String name)
            throws IOException {
        try (var model = load(name); var _ = Scope.open(); var _ = Torch.noGrad()) {
            long[] a = {3, 4, 5}, b = {6};
            try (var decoding = model.begin(List.of(a, b), 3)) {
                decoding.select(Tensor.of(new long[] {0, 0, 1, 1}));
                decoding.read(Tensor.of(new long[] {3, 4, 5, 6}));
                decoding.select(Tensor.of(new long[] {1, 0, 3, 3}));
                decoding.read(Tensor.of(new long[] {7, 8, 9, 10}));
                assertWritten(model, decoding, 0, a, 4, 7);
                assertWritten(model, decoding, 1, a, 3, 8);
                assertWritten(model, decoding, 2, b, 6, 9);
                decoding.select(Tensor.of(new long[] {3, 2}));
                decoding.read(Tensor.of(new long[] {11, 12}));
                assertWritten(model, decoding, 0, b, 6, 10, 11);
                assertWritten(model, decoding, 1, b, 6, 9, 12);
            }
        }
    }

    private static void assertWritten(EncoderDecoder model, Decoding decoding, int row, long[] source,
            long... written) {
        var target = new long[written.length + 1];
        target[0] = model.bos();
        System.arraycopy(written, 0, target, 1, written.length);
        Tensor expected = model.forward(Tensor.of(source, 1, source.length), Tensor.of(new long[] {source.length}),
                Tensor.of(target, 1, target.length)).select(1, -1);
        assertClose(expected, decoding.logits().narrow(0, row, 1), "row " + row);
    }

    @ParameterizedTest @ValueSource(strings = {"pre", "flan"}) void memoryStaysTheSameWhileWriting(String name)
            throws IOException {
        long before = Scope.live();
        try (var model = load(name)) {
            int steps = name.equals("flan") ? 100 : 28; // the Transformer's limit is 30
            try (var decoding = model.begin(List.of(new long[] {3, 4}, new long[] {5}), steps)) {
                long live = Scope.live();
                for (int step = 0; step < steps; step++) {
                    try (var _ = Scope.open()) {
                        decoding.read(decoding.logits().argmax(-1));
                        decoding.select(Tensor.of(new long[] {step % 2, 1}));
                    }
                    assertTrue(Scope.live() <= live, "step " + step);
                }
            }
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void filesMayNameTheEmbeddingOftenAndHoldAnUnusedBias() throws IOException {
        String unused = "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight";
        try (var plain = load("t5");
                var copied = t5("t5", "relu", true, Map.of("encoder.embed_tokens.weight", "shared.weight",
                        "decoder.embed_tokens.weight", "shared.weight", "lm_head.weight", "shared.weight", unused,
                        "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"));
                var _ = Scope.open(); var _ = Torch.noGrad()) {
            assertTrue(forward(plain).sameAs(forward(copied)));
            assertEquals(plain.parameterCount(), copied.parameterCount());
        }
    }

    @ParameterizedTest @ValueSource(strings = {"t5", "flan", "pre", "post"})
    void savedModelsAreLoaded(String name) throws IOException {
        Path saved = folder.resolve("saved");
        try (var model = load(name); var _ = Scope.open(); var _ = Torch.noGrad()) {
            if (model instanceof T5 t5) t5.save(saved);
            else ((Seq2SeqTransformer) model).save(saved);
            try (var loaded = model instanceof T5 ? T5.load(saved) : Seq2SeqTransformer.load(saved)) {
                assertTrue(forward(model).sameAs(forward(loaded)));
            }
        }
    }

    @Test void presetsHaveTheirPublishedSizes() {
        assertEquals(60_506_624, parameters(T5Config.SMALL));
        assertEquals(76_961_152, parameters(T5Config.FLAN_SMALL));
    }

    private static long parameters(T5Config config) {
        try (var t5 = new T5(config)) {
            return t5.parameterCount();
        }
    }

    /** Texts of any length: T5 knows no positions, only distances. */
    @Test void t5HasNoLimit() throws IOException {
        try (var t5 = load("flan"); var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor long1000 = Tensor.zeros(DType.INT64, 1, 1000);
            var logits = t5.forward(long1000, Tensor.of(new long[] {1000}), long1000);
            assertArrayEquals(new long[] {1, 1000, 17}, logits.shape());
            assertTrue(logits.isFinite().all().itemBoolean());
        }
    }

    @Test void badInputIsNamed() throws IOException {
        try (var t5 = load("t5"); var _ = Scope.open()) {
            Tensor two = Tensor.ones(DType.INT64, 2, 3), one = Tensor.ones(DType.INT64, 1, 3);
            Tensor lengths = Tensor.of(new long[] {3, 3});
            assertMessage("T5: expected as many targets as sources, 2. Received 1",
                    () -> t5.forward(two, lengths, one));
            assertMessage("T5: expected as many lengths as sources, 2. Received 1",
                    () -> t5.forward(two, Tensor.of(new long[] {3}), two));
            assertMessage("T5: expected lengths from 1 to the 3 tokens of the sources. Received 0; leave out empty"
                    + " texts", () -> t5.forward(two, Tensor.of(new long[] {3, 0}), two));
            assertMessage("T5: expected lengths from 1 to the 3 tokens of the sources. Received 4",
                    () -> t5.forward(two, Tensor.of(new long[] {3, 4}), two));
            assertMessage("T5: expected source (B, S), lengths (B) and target (B, T). Received (3), (2) and (2, 3)",
                    () -> t5.forward(two.select(0, 0), lengths, two));
            assertMessage("T5: expected sources of at least one token each. Received an empty one",
                    () -> t5.begin(List.of(new long[] {3}, new long[0]), 4));
            assertTrue(message(() -> t5.begin(List.of(new long[] {17}), 4))
                    .endsWith("expected ids from 0 to 16. Received 17."));
            assertTrue(message(() -> t5.forward(two, lengths, two.mul(20)))
                    .endsWith("expected ids from 0 to 16. Received 20."));
        }
        String activation = message(() -> t5("t5", "tanh", true, Map.of()));
        assertTrue(activation.contains("T5Config.feed_forward_proj: expected relu, gelu, gelu_new, silu or one of them"
                + " behind gated-. Received tanh"), activation);
        assertMessage("T5Config.vocab_size: expected at least 1. Received 0.", () -> T5Config.SMALL.vocabSize(0));
        assertMessage("T5Config.eos_token_id: expected an id from 0 to 0. Received 1.",
                () -> T5Config.SMALL.vocabSize(1));
        assertMessage("Seq2SeqConfig.tying: expected one vocabulary, as all is tied. Received 9 and 8.",
                () -> Seq2SeqConfig.small(9, 0, 1).vocabularies(9, 8, Tying.ALL));
    }

    @Test void refusedSourcesLeaveNothing() throws IOException {
        try (var t5 = load("t5")) {
            long before = Scope.live();
            message(() -> t5.begin(List.of(new long[] {17}), 4));
            assertTrue(Scope.live() <= before, "tensors are left"); // garbage may have gone
        }
    }

    @Test void anotherVocabularyIsNamedOnLoading() throws IOException {
        t5("t5", "relu", true, Map.of()).close();
        Path config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"vocab_size\": 17", "\"vocab_size\": 19"));
        String message = message(() -> T5.load(folder));
        assertTrue(message.contains("unfit      shared.weight: expected shape (19, 8), received (17, 8)"), message);
        Files.writeString(config, T5_SETTINGS.formatted("gated-gelu", false));
        message = message(() -> T5.load(folder));
        assertTrue(message.contains("missing    lm_head.weight"), message);
        assertTrue(message.contains("unexpected encoder.block.0.layer.1.DenseReluDense.wi.weight"), message);
    }

    @Test void pairsAreFramedAsTheModelWants() throws IOException {
        try (var t5 = load("t5"); var _ = Scope.open()) {
            var batch = PairBatch.collate(t5).collate(List.of(new Pair(new long[] {3, 4, 1}, new long[] {5, 6}),
                    new Pair(new long[] {7, 1}, new long[] {8})));
            assertArrayEquals(new long[] {3, 2}, batch.lengths().toLongs());
            assertArrayEquals(new long[] {0, 5, 6, 0, 8, 1}, batch.decoderIds().toLongs());
            assertArrayEquals(new long[] {5, 6, 1, 8, 1, -100}, batch.labels().toLongs());
        }
    }

    private interface Mistake {
        void make() throws IOException;
    }

    private static void assertMessage(String expected, Mistake mistake) { assertEquals(expected, message(mistake)); }

    private static String message(Mistake mistake) {
        return assertThrows(IllegalArgumentException.class, mistake::make).getMessage();
    }

    private static void assertClose(Tensor expected, Tensor actual, String what) {
        assertArrayEquals(expected.shape(), actual.shape(), what);
        assertTrue(expected.allClose(actual, 1e-5, 1e-5),
                () -> what + ": differs by " + expected.sub(actual).abs().max().item());
    }
}
