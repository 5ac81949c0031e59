package dev.merapi.text.recipe;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.Generator;
import dev.merapi.text.model.bert.Bert;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.MaskedLm;
import dev.merapi.text.model.bert.SentenceEncoder;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.bert.SpanExtractor;
import dev.merapi.text.model.bert.TokenClassifier;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.model.seq2seq.Seq2SeqConfig;
import dev.merapi.text.model.seq2seq.Seq2SeqTransformer;
import dev.merapi.text.pipeline.FillMask;
import dev.merapi.text.pipeline.QuestionAnswerer;
import dev.merapi.text.pipeline.TextClassifier;
import dev.merapi.text.pipeline.TextEmbedder;
import dev.merapi.text.pipeline.TokenTagger;
import dev.merapi.text.tokenizer.CharTokenizer;
import dev.merapi.text.tokenizer.Tokenizer;
import dev.merapi.text.tokenizer.WordPieceTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** A model that is being trained answers without dropout, and trains on with it where it was on. */
class AskedInTrainingTest {
    private final Tokenizer tokenizer = WordPieceTrainer.of(60).minFrequency(1).train(
            Stream.of("Ann lives in Rome", "Bob works in New York"));
    private final BertConfig config = new BertConfig("bert", List.of(), tokenizer.vocabSize(), 16, 2, 2, 32, "gelu",
            0.5, 0.5, 32, 2, 0.1, 1e-12, 0, 0.5, "absolute", Map.of(0, "B-PER", 1, "B-LOC"));

    @BeforeEach void seed() { Torch.seed(1); }

    /** Freezes some layer in evaluation mode, and asks twice. */
    private static void check(Layer model, Supplier<?> answer) {
        model.eval();
        Object expected = answer.get();
        model.train();
        var all = List.copyOf(model.layers().values());
        all.getLast().eval();
        var modes = modes(model);
        assertEquals(expected, answer.get());
        assertEquals(expected, answer.get());
        assertEquals(modes, modes(model));
        model.close();
    }

    private static Map<String, Boolean> modes(Layer model) {
        return model.layers().entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey,
                e -> e.getValue().isTraining()));
    }

    @Test void aClassifier() {
        var model = new SequenceClassifier(config);
        var pipeline = new TextClassifier(model, tokenizer);
        check(model, () -> pipeline.predict("Ann lives in Rome"));
    }

    @Test void aTagger() {
        var model = new TokenClassifier(config);
        var pipeline = new TokenTagger(model, tokenizer);
        check(model, () -> pipeline.predict("Ann lives in Rome"));
    }

    @Test void aFillerOfGaps() {
        var model = new MaskedLm(config);
        var pipeline = new FillMask(model, tokenizer);
        check(model, () -> pipeline.fill("Ann lives in [MASK]", 3));
    }

    @Test void anAnswerer() {
        var model = new SpanExtractor(config);
        var pipeline = new QuestionAnswerer(model, tokenizer);
        check(model, () -> pipeline.answer("where?", "Ann lives in Rome"));
    }

    @Test void anEmbedder() {
        var model = new Bert(config);
        var pipeline = new TextEmbedder(new SentenceEncoder(model, SentenceEncoder.Pooling.MEAN, true), tokenizer);
        check(model, () -> Arrays.toString(pipeline.predict("Ann lives in Rome")));
    }

    @Test void aLanguageModel() {
        var letters = CharTokenizer.train(Stream.of("Ann lives in Rome"));
        var model = new Gpt2(Gpt2Config.of(letters.vocabSize(), 32, 2, 2, 16, 0.5));
        var generator = new Generator(model, letters);
        check(model, () -> generator.generate("Ann", Generation.DEFAULT.maxTokens(20)));
    }

    @Test void aRefusedPromptLeavesTheModelTraining() {
        var model = new Gpt2(Gpt2Config.of(10, 32, 1, 2, 16, 0.5));
        assertThrows(IllegalArgumentException.class, () -> model.begin(List.of(new long[] {99}), 1));
        assertEquals(Set.of(true), Set.copyOf(modes(model).values()));
        model.close();
    }

    @Test void aTranslator() {
        var letters = CharTokenizer.train(Stream.of("Ann lives in Rome"));
        var model = new Seq2SeqTransformer(
                new Seq2SeqConfig(letters.vocabSize(), 16, 2, 32, 2, 2, 0.5, true, 32, 1, 2));
        var generator = new Generator(model, letters, 2);
        check(model, () -> generator.generate("Ann", Generation.DEFAULT.maxTokens(20)));
    }

    @Test void aRecipe(@TempDir Path folder) throws IOException {
        var reviews = Files.writeString(folder.resolve("reviews.csv"), "text,label\n"
                + "a good film,good\na bad film,bad\n".repeat(10));
        for (var network : TextConfig.Network.values()) {
            var job = new TextClassificationRecipe().job(new TextConfig(reviews.toString(), "", "text", "label",
                    network, 100, 10, TextConfig.Keep.FIRST, 1, 8, 1e-2, 1));
            var predictor = job.predictor();
            check(job.trainer().task().model(), () -> predictor.ask("a good film", 2));
        }
    }
}
