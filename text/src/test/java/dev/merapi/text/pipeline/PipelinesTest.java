package dev.merapi.text.pipeline;

import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.optim.Adam;
import dev.merapi.recipe.Prediction;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.model.bert.Bert;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.Example;
import dev.merapi.text.model.bert.LabeledTokens;
import dev.merapi.text.model.bert.MaskedLanguageModelling;
import dev.merapi.text.model.bert.MaskedLm;
import dev.merapi.text.model.bert.SentenceEncoder;
import dev.merapi.text.model.bert.SequenceClassification;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.bert.SpanExtraction;
import dev.merapi.text.model.bert.SpanExtractor;
import dev.merapi.text.model.bert.TokenClassification;
import dev.merapi.text.model.bert.TokenClassifier;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.tokenizer.BpeTrainer;
import dev.merapi.text.tokenizer.EncodeOptions;
import dev.merapi.text.tokenizer.Tokenizer;
import dev.merapi.text.tokenizer.WordPieceTrainer;
import dev.merapi.train.Task;
import dev.merapi.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Tiny models learn a handful of texts by heart, are saved, opened and asked. */
class PipelinesTest {
    private static final List<String> TEXTS = List.of("Ann lives in Rome", "Bob works in New York", "it rains today",
            "the film was very good", "the film was very bad", "where does Ann live");

    @TempDir Path folder;
    private final Tokenizer tokenizer = WordPieceTrainer.of(120).minFrequency(1).train(
            Stream.concat(TEXTS.stream(), TEXTS.stream()));

    @BeforeEach void seed() { Torch.seed(7); }

    private BertConfig config(String... labels) {
        return new BertConfig("bert", List.of(), tokenizer.vocabSize(), 32, 2, 2, 64, "gelu", 0, 0, 32, 2, 0.1, 1e-12,
                0, 0.0, "absolute", BertConfig.TINY.id2label()).labels(labels.length == 0 ? new String[] {"a"}
                        : labels);
    }

    private static void learn(Task<LabeledTokens> task, List<Example> examples, boolean perToken) {
        var collate = perToken ? LabeledTokens.perToken(0) : LabeledTokens.perSequence(0);
        try (var train = Loader.of(Dataset.of(examples), examples.size(), collate)) {
            Trainer.of(task).optimizer(m -> new Adam(m, 3e-3)).epochs(60).fit(train);
        }
    }

    private <P extends Predictor<?, ?>> P open(Class<P> kind) {
        tokenizer.save(folder);
        return assertInstanceOf(kind, Predictor.open(folder));
    }

    @Test void aGapIsFilled() {
        try (var model = new MaskedLm(config())) {
            long rome = tokenizer.id("rome");
            long[] ids = tokenizer.encode("Ann lives in Rome");
            long mask = tokenizer.specialTokens().mask().orElseThrow();
            long[] hidden = IntStream.range(0, ids.length).mapToLong(i -> ids[i] == rome ? mask : ids[i]).toArray();
            long[] labels = IntStream.range(0, ids.length).mapToLong(i -> ids[i] == rome ? rome : -100).toArray();
            learn(new MaskedLanguageModelling(model), List.of(new Example(hidden, null, labels)), true);
            model.save(folder);
        }
        try (var filler = open(FillMask.class)) {
            var words = filler.fill("Ann lives in [MASK]", 2);
            assertEquals(2, words.all().size());
            assertEquals("rome", words.best().label());
            assertTrue(words.best().probability() > 0.9, words::toString);
            assertEquals(words.best().toString(), filler.ask("Ann lives in [MASK]", 1));
            assertEquals(tokenizer.vocabSize(), filler.fill("[MASK]", 1000).all().size(), "all that there are");
            assertEquals("FillMask: expected [MASK] in the text, where a word is missing. Received \"Ann\"",
                    assertThrows(IllegalArgumentException.class, () -> filler.fill("Ann", 1)).getMessage());
        }
    }

    @Test void textsGetClasses() {
        try (var model = new SequenceClassifier(config("bad", "good"))) {
            learn(new SequenceClassification(model), List.of(
                    Example.of(tokenizer.encode("the film was very good"), 1),
                    Example.of(tokenizer.encode("the film was very bad"), 0)), false);
            model.save(folder);
        }
        try (var classifier = open(TextClassifier.class)) {
            var batch = classifier.predict(List.of("the film was very good", "the film was very bad indeed"));
            assertEquals("good", batch.get(0).best().label());
            assertEquals("bad", batch.get(1).best().label());
            assertEquals(1, Arrays.stream(batch.get(0).probabilities()).sum(), 1e-6);
            classifier.predict("good ".repeat(100)); // cut to what the model takes
        }
    }

    @Test void namesAreFoundWithTheirPlaces() {
        try (var model = new TokenClassifier(config("O", "B-PER", "B-LOC", "I-LOC"))) {
            learn(new TokenClassification(model), List.of(tagged("Ann lives in Rome", 1, 0, 0, 2),
                    tagged("Bob works in New York", 1, 0, 0, 2, 3), tagged("it rains today", 0, 0, 0)), true);
            model.save(folder);
        }
        try (var tagger = open(TokenTagger.class)) {
            String text = "Bob works in New York";
            var entities = tagger.predict(text).all();
            assertEquals(List.of("Bob", "New York"), entities.stream().map(Entities.Entity::text).toList());
            assertEquals(List.of("PER", "LOC"), entities.stream().map(Entities.Entity::label).toList());
            assertEquals("New York", text.substring(entities.get(1).start(), entities.get(1).end()));
            assertTrue(tagger.ask(text, 1).startsWith("Bob: PER "), () -> tagger.ask(text, 1));
            assertEquals(List.of(), tagger.predict("it rains today").all());
            assertEquals(List.of(), tagger.predict("").all());
        }
    }

    /** A label for each word stands at its first token. */
    private Example tagged(String text, long... labels) {
        var encoding = tokenizer.encoding(text, EncodeOptions.DEFAULT);
        var all = IntStream.range(0, encoding.size()).mapToLong(i -> {
            int word = encoding.words()[i];
            boolean first = word >= 0 && (i == 0 || encoding.words()[i - 1] != word);
            return first ? labels[word] : -100;
        }).toArray();
        return new Example(encoding.ids(), null, all);
    }

    @Test void questionsAreAnsweredFromTheText() {
        String question = "where does Ann live?";
        String text = "Ann lives in Rome";
        try (var model = new SpanExtractor(config())) {
            var encoding = tokenizer.encoding(question, text, EncodeOptions.DEFAULT);
            long at = IntStream.range(0, encoding.size()).filter(i -> encoding.ids()[i] == tokenizer.id("rome"))
                    .findFirst().orElseThrow();
            learn(new SpanExtraction(model), List.of(new Example(encoding.ids(), encoding.typeIds(),
                    new long[] {at, at})), false);
            model.save(folder);
        }
        try (var answerer = open(QuestionAnswerer.class)) {
            var answer = answerer.answer(question, text).best();
            assertEquals("Rome", answer.text());
            assertEquals("Rome", text.substring(answer.start(), answer.end()));
            assertTrue(answerer.ask(question + " " + text, 1).startsWith("Rome "));
            assertTrue(answerer.answer(question, (text + " ").repeat(20)).all().size() > 1, "windows of a long text");
            assertThrows(IllegalArgumentException.class, () -> answerer.ask("no question", 1));
            assertThrows(IllegalArgumentException.class, () -> answerer.answer(question, " "));
        }
    }

    @Test void textsBecomeVectors() {
        try (var bert = new Bert(config())) {
            new SentenceEncoder(bert, SentenceEncoder.Pooling.MEAN, true).save(folder);
        }
        try (var embedder = open(TextEmbedder.class); var _ = Scope.open()) {
            var vectors = embedder.embed(List.of("Ann lives in Rome", "it rains today"));
            assertEquals(32, vectors.size(1));
            assertEquals(1, vectors.select(0, 0).norm().item(), 1e-5);
            assertEquals(1, embedder.similarity("Ann", "Ann"), 1e-5);
            assertTrue(embedder.similarity("Ann lives", "it rains") < 1);
            assertEquals(32, embedder.ask("Ann", 1).split(",").length);
        }
    }

    @Test void textsAreGoneOnWith() throws IOException {
        var letters = BpeTrainer.of(300).train(TEXTS.stream());
        try (var gpt = new Gpt2(Gpt2Config.of(letters.vocabSize(), 32, 1, 2, 16, 0))) {
            gpt.save(folder);
        }
        letters.save(folder);
        try (var generator = assertInstanceOf(TextGenerator.class, Predictor.open(folder))) {
            var options = Generation.DEFAULT.maxTokens(5);
            var pieces = new StringBuilder();
            generator.write("Ann", options, pieces::append);
            assertEquals(generator.generate("Ann", options), pieces.toString());
            assertEquals(List.of(pieces.toString()), generator.generateAll(List.of("Ann"), options));
            assertTrue(assertThrows(UnsupportedOperationException.class, () -> generator.reply(List.of("hi"), options,
                    _ -> { })).getMessage().startsWith("This model has no chat template"));
        }
        Files.writeString(folder.resolve("chat_template.jinja"), "{% for m in messages %}{{ m.role[0] }}:"
                + "{{ m.content }} {% endfor %}");
        try (var generator = TextGenerator.open(folder)) {
            var options = Generation.DEFAULT.maxTokens(5);
            var answer = new StringBuilder();
            generator.reply(List.of("hi", "ho", "hu"), options, answer::append);
            assertEquals(generator.generate("u:hi a:ho u:hu ", options), answer.toString());

            answer.setLength(0);
            generator.reply(List.of("hi".repeat(20), "ho", "hu"), options, answer::append);
            assertEquals(generator.generate("u:hu ", options), answer.toString(), "what is forgotten");
        }
        letters.close();
    }

    @Test void aProbabilityIsANumber() {
        assertEquals("Prediction: expected a probability. Received NaN for \"cat\": the model's weights are damaged, or"
                + " its training diverged; take an earlier checkpoint.",
                assertThrows(IllegalArgumentException.class, () -> new Prediction("cat", Double.NaN)).getMessage());
    }

    @Test void aTokenizerOfAnotherModelIsRefused() {
        try (var model = new MaskedLm(config().vocabSize(tokenizer.vocabSize() - 1))) {
            model.save(folder);
        }
        tokenizer.save(folder);
        String message = assertThrows(IllegalArgumentException.class, () -> Predictor.open(folder)).getMessage();
        assertTrue(message.startsWith("The tokenizer and the model do not belong together: "), message);
    }
}
