package dev.merapi.text.model.bert;

import dev.merapi.io.ModelFolder;
import dev.merapi.io.Safetensors;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.ParamGroup;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.merapi.text.model.bert.BertGoldens.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class BertTest {
    @TempDir Path folder;

    @ParameterizedTest @ValueSource(strings = {"bert", "roberta", "distilbert"})
    void paddingChangesNothing(String family) {
        long pad = BertGoldens.config(family).padTokenId();
        try (var _ = Scope.open(); var bert = new Bert(BertGoldens.config(family))) {
            BertGoldens.weights(family + ".model").loadInto(bert);
            var rows = List.of(new long[] {2, 8, 5, 9, 3}, new long[] {2, 11, 3});
            var encoder = new SentenceEncoder(bert, SentenceEncoder.Pooling.MEAN, true);
            Tensor together = bert.forward(Tokens.of(rows, pad));
            Tensor vectors = encoder.forward(Tokens.of(rows, pad));
            for (int i = 0; i < 2; i++) {
                var alone = Tokens.of(List.of(rows.get(i)), pad);
                assertEquals(null, alone.mask());
                assertClose(bert.forward(alone).select(0, 0),
                        together.select(0, i).narrow(0, 0, rows.get(i).length), 1e-5, family);
                assertClose(encoder.forward(alone).select(0, 0), vectors.select(0, i), 1e-5, family);
            }
        }
    }

    @Test void segmentsAre0WhereNotGiven() {
        try (var _ = Scope.open(); var bert = new Bert(BertGoldens.config("bert"))) {
            Tensor ids = Tensor.of(new long[] {2, 8, 5, 9, 3, 4}, 2, 3);
            Tensor zeros = ids.zerosLike();
            assertClose(bert.forward(new Tokens(ids, zeros, null)), bert.forward(ids), 1e-6, "zeros");
            Tensor ones = bert.forward(new Tokens(ids, zeros.add(1), null));
            assertTrue(bert.forward(ids).sub(ones).abs().max().item() > 1e-3);
        }
    }

    @Test void dropoutIsForTrainingAlone() {
        try (var _ = Scope.open(); var bert = new Bert(BertGoldens.config("bert").dropout(0.5))) {
            Tensor ids = Tensor.of(new long[] {2, 8, 5, 9}, 1, 4);
            assertTrue(bert.forward(ids).sub(bert.forward(ids)).abs().max().item() > 1e-3);
            bert.eval();
            assertEquals(bert.forward(ids).sum().item(), bert.forward(ids).sum().item());
        }
    }

    // ---- files

    @ParameterizedTest @ValueSource(strings = {"bert", "roberta", "distilbert"})
    void savedModelsAreLoadedAgain(String family) {
        var config = BertGoldens.config(family);
        var tokens = new long[] {2, 8, 5, 9, 3};
        try (var _ = Scope.open()) {
            var masked = new MaskedLm(config);
            masked.save(folder.resolve("masked"));
            assertSame(masked.forward(one(tokens)), MaskedLm.load(folder.resolve("masked")).forward(one(tokens)));
            var sequence = new SequenceClassifier(config);
            sequence.save(folder.resolve("sequence"));
            var again = SequenceClassifier.load(folder.resolve("sequence"));
            assertSame(sequence.forward(one(tokens)), again.forward(one(tokens)));
            assertEquals(List.of("a", "b", "c"), again.encoder().config().labels());
            assertEquals(config.maxTokens(), again.encoder().config().maxTokens());
            var token = new TokenClassifier(config);
            token.save(folder.resolve("token"));
            assertSame(token.forward(one(tokens)), TokenClassifier.load(folder.resolve("token")).forward(one(tokens)));
            var span = new SpanExtractor(config);
            span.save(folder.resolve("span"));
            assertSame(span.forward(one(tokens)), SpanExtractor.load(folder.resolve("span")).forward(one(tokens)));
            var bert = new Bert(config);
            var encoder = new SentenceEncoder(bert, SentenceEncoder.Pooling.CLS, false);
            encoder.save(folder.resolve("encoder"));
            var loaded = SentenceEncoder.load(folder.resolve("encoder"));
            assertEquals(SentenceEncoder.Pooling.CLS, loaded.pooling());
            assertFalse(loaded.normalize());
            assertSame(encoder.forward(one(tokens)), loaded.forward(one(tokens)));

            // the encoder of any of them
            assertSame(sequence.encoder().forward(one(tokens)),
                    Bert.load(folder.resolve("sequence")).forward(one(tokens)));
            var tuned = TokenClassifier.fineTune(folder.resolve("masked"), List.of("x", "y"));
            assertSame(masked.encoder().forward(one(tokens)), tuned.encoder().forward(one(tokens)));
            assertEquals(2, tuned.forward(one(tokens)).size(2));
            SequenceClassifier.fineTune(folder.resolve("masked"), List.of("x", "y")); // its pooler is new
            SpanExtractor.fineTune(folder.resolve("encoder"));
        }
    }

    @Test void configIsHuggingFaces() throws IOException {
        try (var model = new MaskedLm(BertGoldens.config("distilbert"))) {
            model.save(folder);
        }
        String json = Files.readString(folder.resolve("config.json"));
        for (var part : new String[] {"\"model_type\" : \"distilbert\"", "\"n_layers\" : 2", "\"n_heads\" : 2",
                "\"dim\" : 8", "\"hidden_dim\" : 10", "\"DistilBertForMaskedLM\"", "\"0\" : \"a\""}) {
            assertTrue(json.contains(part), part + " not in " + json);
        }
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"roberta\", \"vocab_size\": 7}");
        assertEquals(BertConfig.ROBERTA_BASE.vocabSize(7), BertConfig.read(folder));
        Files.writeString(folder.resolve("config.json"), "{\"hidden_size\": 128, \"num_attention_heads\": 2}");
        assertEquals(128, BertConfig.read(folder).hiddenSize());
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"albert\"}");
        assertMessage("expected bert, roberta, xlm-roberta, camembert or distilbert. Received albert",
                () -> BertConfig.read(folder));
        Files.writeString(folder.resolve("config.json"), "{\"num_attention_heads\": 7}");
        assertMessage("expected heads that divide the hidden size 768. Received 7", () -> BertConfig.read(folder));
        Files.writeString(folder.resolve("config.json"), "{\"position_embedding_type\": \"relative_key\"}");
        assertMessage("expected absolute. Received relative_key", () -> BertConfig.read(folder));
        for (String setting : List.of("hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout")) {
            Files.writeString(folder.resolve("config.json"), "{\"" + setting + "\": 1.5}");
            assertMessage("expected a probability from 0 to 1. Received 1.5", () -> BertConfig.read(folder));
        }
    }

    @Test void oldNamesAndOtherHeadsAreUnderstood() {
        var config = BertGoldens.config("bert");
        try (var _ = Scope.open(); var bert = new MaskedLm(config)) {
            ModelFolder.writeConfig(config, folder.resolve("config.json"));
            var old = new LinkedHashMap<String, Tensor>();
            bert.tensors().forEach((name, tensor) -> old.put(name.replace("LayerNorm.weight", "LayerNorm.gamma")
                    .replace("LayerNorm.bias", "LayerNorm.beta"), tensor));
            old.put("bert.embeddings.position_ids", Tensor.arange(10).unsqueeze(0));
            old.put("bert.pooler.dense.weight", Tensor.ones(8, 8));
            old.put("bert.pooler.dense.bias", Tensor.zeros(8));
            old.put("cls.seq_relationship.weight", Tensor.ones(2, 8));
            old.put("cls.seq_relationship.bias", Tensor.zeros(2));
            Safetensors.write(folder.resolve("model.safetensors"), old, Map.of("format", "pt"));

            var tokens = one(new long[] {2, 8, 5, 9, 3});
            assertSame(bert.forward(tokens), MaskedLm.load(folder).forward(tokens));
            var encoder = Bert.load(folder);
            assertSame(bert.encoder().forward(tokens), encoder.forward(tokens));
            assertEquals(8, encoder.pool(encoder.forward(tokens)).size(1)); // the file's
            var classifier = SequenceClassifier.fineTune(folder, List.of("x", "y"));
            assertEquals(64, classifier.params().get("bert.pooler.dense.weight").sum().item());
        }
    }

    /** Their tensors have the same names and shapes. */
    @Test void aClassifierOfTextsIsNoTagger() {
        try (var _ = Scope.open(); var sequence = new SequenceClassifier(BertGoldens.config("distilbert"))) {
            sequence.save(folder);
            var e = assertThrows(IllegalArgumentException.class, () -> TokenClassifier.load(folder));
            assertEquals(folder.resolve("config.json") + ": expected a model ForTokenClassification as architectures."
                    + " Received DistilBertForSequenceClassification; open it as that, or train its encoder anew.",
                    e.getMessage());
            TokenClassifier.fineTune(folder, List.of("x", "y")).close();
        }
    }

    @Test void everyMisfitIsListed() {
        var config = BertGoldens.config("bert");
        try (var _ = Scope.open(); var model = new TokenClassifier(config.vocabSize(5))) {
            var tensors = new LinkedHashMap<>(model.tensors());
            tensors.remove("classifier.weight");
            tensors.remove("bert.encoder.layer.1.output.dense.bias");
            tensors.put("bert.encoder.layer.2.output.dense.bias", Tensor.zeros(8));
            ModelFolder.writeConfig(config, folder.resolve("config.json"));
            Safetensors.write(folder.resolve("model.safetensors"), tensors, Map.of());
            var e = assertThrows(IllegalArgumentException.class, () -> TokenClassifier.load(folder));
            for (var line : new String[] {"missing    classifier.weight",
                    "missing    bert.encoder.layer.1.output.dense.bias",
                    "unexpected bert.encoder.layer.2.output.dense.bias",
                    "unfit      bert.embeddings.word_embeddings.weight: expected shape (17, 8), received (5, 8)"}) {
                assertTrue(e.getMessage().contains(line), line + " not in:\n" + e.getMessage());
            }
            var tuned = assertThrows(IllegalArgumentException.class,
                    () -> TokenClassifier.fineTune(folder, List.of("x", "y")));
            assertFalse(tuned.getMessage().contains("classifier"), tuned.getMessage());
            assertTrue(tuned.getMessage().contains("missing    bert.encoder.layer.1.output.dense.bias"));
        }
    }

    // ---- bad input

    @Test void inputsThatDoNotFitAreRefused() {
        try (var _ = Scope.open(); var bert = new Bert(BertGoldens.config("bert"), false);
                var roberta = new Bert(BertGoldens.config("roberta"))) {
            assertMessage("expected at most 10 tokens, this model's positions. Received 11; truncate",
                    () -> bert.forward(Tensor.randint(0, 17, 2, 11)));
            assertMessage("expected at most 10 tokens", () -> roberta.forward(Tensor.randint(2, 17, 2, 11)));
            roberta.forward(Tensor.randint(2, 17, 2, 10));
            assertMessage("word_embeddings (Embedding): expected ids from 0 to 16. Received 17",
                    () -> bert.forward(Tensor.of(new long[] {1, 17}, 1, 2)));
            assertMessage("Tokens.ids: expected int64 of shape (B, T). Received int64 (3)",
                    () -> bert.forward(Tensor.arange(3)));
            assertMessage("Tokens.mask: expected bool of shape (1, 2), as the ids. Received float32 (1, 3)",
                    () -> new Tokens(Tensor.arange(2).unsqueeze(0), null, Tensor.ones(1, 3)));
            assertMessage("expected at least one sequence, and a token in each. Received 2 sequences of lengths from 0"
                    + " to 1", () -> Tokens.of(List.of(new long[1], new long[0]), 0));
            var e = assertThrows(IllegalStateException.class, () -> bert.pool(Tensor.zeros(1, 2, 8)));
            assertTrue(e.getMessage().contains("without a pooler"));
        }
    }

    @Test void theBestSpanIsInItsBounds() {
        try (var _ = Scope.open()) {
            Tensor logits = Tensor.of(new float[] {9, 9, 1, 0, 5, 1, 0, 2, 0, 4, 0, 9}, 6, 2);
            assertEquals(new SpanExtractor.Span(2, 4, 9), SpanExtractor.best(logits, 1, 5, 10));
            assertEquals(new SpanExtractor.Span(2, 3, 7), SpanExtractor.best(logits, 1, 5, 2));
            assertMessage("expected logits (T, 2)", () -> SpanExtractor.best(logits, 3, 3, 2));
        }
    }

    // ---- training's groups

    @Test void learningRatesFallWithDepth() {
        Torch.seed(1);
        try (var model = new SequenceClassifier(BertGoldens.config("bert"))) {
            var groups = LayerDecay.groups(model, 0.5);
            assertEquals(model.params().keySet().size(), groups.stream().mapToInt(g -> g.params().size()).sum());
            assertEquals(1, rate(groups, "classifier.weight"));
            assertEquals(1, rate(groups, "bert.pooler.dense.weight"));
            assertEquals(0.5, rate(groups, "bert.encoder.layer.1.output.dense.weight"));
            assertEquals(0.25, rate(groups, "bert.encoder.layer.0.output.dense.bias"));
            assertEquals(0.125, rate(groups, "bert.embeddings.word_embeddings.weight"));
            for (var group : groups) {
                group.params().forEach((name, p) -> assertEquals(p.rank() > 1 ? 1 : 0, group.decay(), name));
            }
            new AdamW(groups, 1e-3).close();
            assertMessage("expected a factor above 0, up to 1. Received 0.0", () -> LayerDecay.groups(model, 0));
        }
    }

    private static double rate(List<ParamGroup> groups, String name) {
        return groups.stream().filter(g -> g.params().containsKey(name)).findFirst().orElseThrow().rate();
    }

    private static Tokens one(long[] ids) { return Tokens.of(List.of(ids), 0); }

    /** To the bit; models here have no dropout. */
    private static void assertSame(Tensor expected, Tensor actual) {
        assertTrue(Arrays.equals(expected.toFloats(), actual.toFloats()));
    }

    private static void assertMessage(String part, Runnable action) {
        var e = assertThrows(IllegalArgumentException.class, action::run);
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }
}
