package dev.merapi.text.recipe;

import dev.merapi.recipe.Classes;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Recipe;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Runs;
import dev.merapi.recipe.Setup;
import dev.merapi.recipe.Writer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.MaskedLm;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.t5.T5;
import dev.merapi.text.pipeline.FillMask;
import dev.merapi.text.pipeline.QuestionAnswerer;
import dev.merapi.text.pipeline.TextClassifier;
import dev.merapi.text.pipeline.TextEmbedder;
import dev.merapi.text.pipeline.TextGenerator;
import dev.merapi.text.pipeline.TextRewriter;
import dev.merapi.text.pipeline.TokenTagger;
import dev.merapi.text.tokenizer.WordPieceTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Each recipe trains on a handful of texts, is saved, opened from its run folder, and asked. */
class TextRecipesTest {
    @TempDir Path folder;
    private int runs;

    @Test void theServiceLoaderFindsThem() {
        assertEquals(List.of("bert-classification", "embedding", "fill-mask", "imdb", "language-modelling",
                "question-answering", "summarisation", "text-classification", "token-classification", "translation"),
                Recipes.all().stream().map(Recipe::name).toList());
    }

    private <C extends Record> Job<?> trained(Recipe<C> recipe, C config) {
        return trained(recipe, config, folder.resolve("run-" + runs++));
    }

    /** Fits, and opens the run again by its folder alone; closing a predictor of it takes nothing away. */
    static <C extends Record> Job<?> trained(Recipe<C> recipe, C config, Path run) {
        try (var job = new Setup<>(recipe, config, DType.FLOAT32).job()) {
            job.fit(run);
        }
        var again = Runs.open(run);
        again.predictor().close();
        return again;
    }

    /** A predictor opened by its folder owns its model, whatever the recipe. */
    @Test void aRunIsAskedFromJava() throws IOException {
        var config = new TextConfig(reviews().toString(), "", "text", "label", TextConfig.Network.BILSTM, 100,
                10, TextConfig.Keep.FIRST, 2, 8, 1e-2, 1);
        Path run = folder.resolve("asked");
        trained(new TextClassificationRecipe(), config, run).close();
        try (var model = Predictor.open(run).as(String.class, Classes.class)) {
            assertEquals(List.of("bad", "good"), model.predict("what a good film").labels());
            assertTrue(model.ask("what a good film", 1).endsWith(" %"));
        }
    }

    private Path reviews() throws IOException {
        var rows = new StringBuilder("text,label\n");
        for (int i = 0; i < 20; i++) rows.append("\"a good film, seen again\",good\na bad film,bad\n");
        return Files.writeString(folder.resolve("reviews.csv"), rows.toString());
    }

    @Test void smallNetworksLearnATable() throws IOException {
        for (var network : List.of(TextConfig.Network.TRANSFORMER, TextConfig.Network.BILSTM)) {
            var config = new TextConfig(reviews().toString(), "", "text", "label", network, 100, 10,
                    TextConfig.Keep.FIRST, 12, 8, 1e-2, 1);
            try (var job = trained(new TextClassificationRecipe(), config)) {
                assertEquals(List.of("bad", "good"), job.labels());
                assertTrue(job.predictor().ask("a good film, seen again", 1).startsWith("good "));
                assertTrue(job.predictor().ask("a bad film", 2).startsWith("bad "));
                assertEquals(job.predictor().ask("unheard", 2), job.predictor().ask(" ", 2));
                OneByOne.check(job.predictor(), "a bad film", "", "a good film, seen again");
                assertTrue(job.summary().trainable() > 0);
            }
        }
    }

    /** Classes have the numbers that the run has learnt, whatever the other data has and whether the first is gone. */
    @Test void aClassifierIsMeasuredWithOtherData() throws IOException {
        Path reviews = reviews();
        var config = new TextConfig(reviews.toString(), "", "text", "label", TextConfig.Network.TRANSFORMER, 100, 10,
                TextConfig.Keep.FIRST, 12, 8, 1e-2, 1);
        Path run = folder.resolve("classifier");
        trained(new TextClassificationRecipe(), config, run).close();
        Files.delete(reviews);
        Path good = Files.writeString(folder.resolve("good.csv"), "text,label\n\"a good film, seen again\",good\n");
        try (var job = Runs.open(run, "test=" + good)) {
            assertEquals(1, job.evaluate().get("accuracy"));
            assertEquals(List.of("bad", "good"), job.labels());
        }
        Path folders = Files.createDirectories(folder.resolve("parts/val/good"));
        Files.writeString(folders.resolve("1.txt"), "a good film, seen again");
        try (var job = Runs.open(run, "data=" + folder.resolve("parts"), "test=val")) {
            assertEquals(1, job.evaluate().get("accuracy"));
        }
        Path other = Files.writeString(folder.resolve("other.csv"), "text,label\na good film,so-so\n");
        try (var job = Runs.open(run, "test=" + other)) {
            assertMessage(other + ": expected one of the classes that are learnt, [bad, good]. Received \"so-so\" in"
                    + " row 1.", job::evaluate);
        }
    }

    /** With the setting to change, in every place where a table is read. */
    @Test void aMissingColumnNamesItsSetting() throws IOException {
        String rows = "review,stars\na,1\nb,2\n";
        Path table = Files.writeString(folder.resolve("t.csv"), rows);
        Path parts = Files.createDirectory(folder.resolve("parts"));
        Path train = Files.writeString(parts.resolve("train.csv"), rows);
        assertColumn(table, "text", "text=<column>", "text-classification", "data=" + table);
        assertColumn(table, "star", "label=stars", "text-classification", "data=" + table, "text=review", "label=star");
        assertColumn(train, "text", "text=<column>", "text-classification", "data=" + parts);
        assertColumn(table, "text", "text=<column>", "bert-classification", "data=" + table, "pretrained=" + folder);
        assertColumn(table, "de", "from=<column>", "translation", "data=" + table, "from=de", "to=en");
        assertColumn(table, "anchor", "anchor=<column>", "embedding", "data=" + table, "pretrained=" + model());
        for (String part : List.of("train/neg", "train/pos", "test/neg", "test/pos")) {
            Files.writeString(Files.createDirectories(folder.resolve("imdb/" + part)).resolve("1.txt"), "a film");
        }
        assertColumn(table, "text", "text=<column>", "imdb", "data=" + folder.resolve("imdb"), "test=" + table);
    }

    private static void assertColumn(Path table, String column, String remedy, String recipe, String... settings) {
        assertMessage(table + ": expected a column \"" + column + "\". Received the columns [review, stars]; add "
                + remedy + ".", () -> Recipes.named(recipe).job(settings).train());
    }

    private Path model() throws IOException { return encoder(16, "a good film"); }

    @Test void textsOfOnesOwnHaveNoPlaceOfTheRecipes() {
        var data = Setup.settings(new TextClassificationRecipe()).stream()
                .filter(setting -> setting.key().equals("data")).findFirst().orElseThrow();
        assertEquals("where the texts are; only imdb may leave it empty", data.description());
        assertMessage("data: expected a table (.csv, .tsv, .jsonl), or a folder with train/<class>/ and test/<class>/,"
                + " or with a train and a test table. Received none; add data=<path>.",
                () -> Recipes.named("text-classification").job());
    }

    /** What opens a model of Hugging Face's says so of the run of a small network, and names what opens it. */
    @Test void aRunIsNoModelFolder() throws IOException {
        var config = new TextConfig(reviews().toString(), "", "text", "label", TextConfig.Network.BILSTM, 100, 10,
                TextConfig.Keep.FIRST, 1, 8, 1e-2, 1);
        Path run = folder.resolve("small");
        trained(new TextClassificationRecipe(), config, run).close();
        String expected = run + ": expected a model in Hugging Face's layout. Received a run of the recipe"
                + " text-classification; open it by Predictor.open, which knows all.";
        List<Consumer<Path>> readers = List.of(TextClassifier::open, TokenTagger::open, QuestionAnswerer::open,
                FillMask::open, TextEmbedder::open, TextGenerator::open, TextRewriter::open, SequenceClassifier::load,
                Gpt2::load, Llama::load, T5::load);
        for (var reader : readers) assertEndsWith(expected, () -> reader.accept(run));
    }

    private static void assertEndsWith(String expected, Executable mistake) {
        String message = assertThrows(IllegalArgumentException.class, mistake).getMessage();
        assertTrue(message.endsWith(expected), message);
    }

    /** A tiny model with new weights. */
    private Path encoder(int width, String... texts) {
        Path pretrained = folder.resolve("tiny");
        Torch.seed(1);
        try (var tokenizer = WordPieceTrainer.of(90).minFrequency(1).train(Stream.of(texts))) {
            var config = new BertConfig("bert", List.of(), tokenizer.vocabSize(), width, 1, 2, 2 * width, "gelu", 0, 0,
                    32, 2, 0.1, 1e-12, 0, 0.0, "absolute", BertConfig.TINY.id2label());
            try (var model = new MaskedLm(config)) {
                model.save(pretrained);
            }
            tokenizer.save(pretrained);
        }
        return pretrained;
    }

    @Test void anEncoderIsFineTunedAndOutlivesItsOrigin() throws IOException {
        Path pretrained = encoder(16, "a good film", "a bad film");
        var config = new BertClassificationRecipe.Config(reviews().toString(), "", "text", "label",
                pretrained.toString(), false, 16, 30, 8, 12, 8, 5e-3, 0.01, false, 1);
        try (var job = trained(new BertClassificationRecipe(), config)) {
            Files.delete(pretrained.resolve("model.safetensors"));
            assertTrue(job.predictor().ask("a good film, seen again", 1).startsWith("good "));
            assertTrue(job.predictor().ask("a bad film", 1).startsWith("bad "));
            OneByOne.check(job.predictor(), "a bad film", "", "a good film, seen again", "good ".repeat(50));
        }
    }

    /** The same word is a place or none. */
    @Test void namesAreFoundByTheWordBefore() throws IOException {
        var places = List.of("bonn", "oslo", "rome", "lima");
        String sentences = "anna O\nlives O\nin O\nnew B-LOC\n%s I-LOC\n\n%s O\n, O\nin O\n%s B-LOC\n\n";
        String train = places.stream().map(place -> sentences.replace("%s", place)).collect(Collectors.joining());
        Files.writeString(folder.resolve("train.conll"), train.repeat(3));
        Files.writeString(folder.resolve("valid.txt"), sentences.replace("%s", "rome")); // by it, the best is kept
        Path pretrained = encoder(32, "anna lives in new bonn oslo rome lima ,");
        var config = new TokenClassificationRecipe.Config(folder.toString(), "valid", pretrained.toString(), false, 16,
                40, 8, 5e-3, 0.01, false, 1);
        try (var job = trained(new TokenClassificationRecipe(), config)) {
            assertEquals(List.of("B-LOC", "I-LOC", "O"), job.labels());
            assertEquals(1, evaluated(job).get("entity_f1"));
            String names = job.predictor().ask("anna lives in new rome", 1);
            assertTrue(names.startsWith("new rome: LOC "), names);
            OneByOne.check(job.predictor(), "anna lives in new rome", "", "in oslo",
                    "anna lives in new bonn ".repeat(9));
        }
        Files.writeString(folder.resolve("valid.txt"), "rome B-PER\n");
        try (var job = new TokenClassificationRecipe().job(config)) {
            assertMessage(folder + ": expected the labels that the run has learnt, [B-LOC, I-LOC, O]. Received"
                    + " B-PER.", job::test);
        }
    }

    private static <B> Map<String, Double> evaluated(Job<B> job) {
        try (var test = job.test()) {
            return job.trainer().evaluate(test);
        }
    }

    /** Texts are longer than a window, and every second question has no answer. */
    @Test void answersAreFoundInWindows() throws IOException {
        var places = List.of("bonn", "oslo", "rome", "lima");
        var often = places.stream().flatMap(place -> Stream.of(place, place, place)).toList();
        Files.writeString(folder.resolve("train-v2.0.json"), squad(often, 0));
        Files.writeString(folder.resolve("dev-v2.0.json"), squad(List.of("lima", "rome", "bonn"), 3));
        Path pretrained = encoder(32, "where is anna ? she sat in bonn oslo rome lima . and so on");
        var config = new QuestionAnsweringRecipe.Config(folder.toString(), "train-v2.0.json", "dev-v2.0.json",
                pretrained.toString(), false, 20, 4, 20, 8, 5e-3, 0.01, false, 1);
        try (var job = trained(new QuestionAnsweringRecipe(), config)) {
            var values = evaluated(job);
            assertTrue(values.get("exact_match") > 0.8, values.toString()); // of six, one may be wrong
            assertTrue(values.get("f1") > 0.8, values.toString());
            assertTrue(job.predictor().ask("where is anna? . she sat in oslo . and so on", 1).startsWith("oslo "));
            OneByOne.check(job.predictor(), "where is anna? . she sat in oslo . and so on", "where? rome",
                    "where is anna? so on and so on and so on and so on . she sat in rome . and so on and so on");
        }
        try (var untrained = new QuestionAnsweringRecipe().job(config)) {
            assertTrue(evaluated(untrained).get("f1") < 0.7);
        }
    }

    /** @param fill repetitions of words before the answer */
    private static String squad(List<String> places, int fill) {
        var paragraphs = new ArrayList<String>();
        for (int i = 0; i < places.size(); i++) {
            String before = "so on and ".repeat(fill + i % 5) + ". she sat in ";
            paragraphs.add("""
                    {"context": "%s%s . and so on", "qas": [
                      {"id": "a%d", "question": "where is anna?", "answers": [{"text": "%s", "answer_start": %d}]}]}"""
                    .formatted(before, places.get(i), i, places.get(i), before.length()));
            paragraphs.add("""
                    {"context": "%s . and so on", "qas": [
                      {"id": "b%d", "question": "where is anna?", "answers": [], "is_impossible": true}]}"""
                    .formatted(before, i));
        }
        return "{\"data\": [{\"paragraphs\": [" + String.join(",", paragraphs) + "]}]}";
    }

    @Test void aLanguageModelLearnsATextAndGoesOn() throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat.\n".repeat(60));
        for (var tokens : LanguageModelRecipe.Tokens.values()) {
            var config = new LanguageModelRecipe.Config(text.toString(), "", tokens, 270, 16, 1, 2, 32, 0, 1, 100, 8,
                    1e-2, 0.1, 1);
            try (var job = trained(new LanguageModelRecipe(), config)) {
                var writer = assertInstanceOf(Writer.class, job.predictor());
                assertEquals(Generation.DEFAULT, writer.settings());
                assertEquals("sat on the mat.", job.predictor().ask("the cat", 1).strip().lines().findFirst()
                        .orElseThrow(), tokens.toString());
                OneByOne.check(job.predictor(), "the cat", "the cat sat on", "the");
            }
        }
        try (var job = Runs.open(folder.resolve("run-0"), "test=" + text)) {
            Files.delete(text);
            assertMessage("test: expected a text file, or a folder of .txt files. Received " + text
                    + ", which does not exist.", job::evaluate);
            Files.writeString(text, "the cat sat on the mat.\n".repeat(3));
            assertTrue(job.evaluate().get("perplexity") < 3);
        }
        Path little = Files.writeString(folder.resolve("little.txt"), "the cat");
        var config = new LanguageModelRecipe.Config(little.toString(), "", LanguageModelRecipe.Tokens.CHAR, 270, 16,
                1, 2, 32, 0, 1, 100, 8, 1e-2, 0.1, 1);
        try (var job = new LanguageModelRecipe().job(config)) {
            assertEquals("data: expected a text of at least 170 tokens, as a tenth of it is held out and a window has"
                    + " 17. Received 8; lower max_length, or take a longer text.",
                    assertThrows(IllegalArgumentException.class, job::train).getMessage());
        }
    }

    private static final List<String> GERMAN = List.of("der Hund bellt laut", "die Katze schläft jetzt",
            "ein Kind spielt hier", "eine Frau singt dort");
    private static final List<String> ENGLISH = List.of("the dog barks loudly", "the cat sleeps now",
            "a child plays here", "a woman sings there");

    /** The part that is measured with need not be the run's, and the training part may be gone. */
    @Test void pairsAreTranslatedAndMeasuredByWhatIsWritten() throws IOException {
        Path data = Files.createDirectories(folder.resolve("pairs"));
        write(data, "train", Collections.nCopies(8, GERMAN).stream().flatMap(List::stream).toList(),
                Collections.nCopies(8, ENGLISH).stream().flatMap(List::stream).toList());
        write(data, "val", List.of(GERMAN.get(0), " ", GERMAN.get(1)), List.of(ENGLISH.get(0), "", ENGLISH.get(1)));
        write(data, "wrong", GERMAN, ENGLISH.reversed());
        Path run = folder.resolve("translator");
        try (var job = trained(new TranslationRecipe(), pairs(data, "de", "en", 32, 40), run)) {
            for (String part : List.of("train.de", "train.en")) Files.delete(data.resolve(part));
            for (int i = 0; i < GERMAN.size(); i++) {
                assertEquals(ENGLISH.get(i), job.predictor().ask(GERMAN.get(i), 1));
            }
            assertEquals("", job.predictor().ask(" ", 1), "of nothing, nothing: lines stay aligned");
            OneByOne.check(job.predictor(), GERMAN.get(0), "", GERMAN.get(1), "Hund");
            var values = job.evaluate();
            assertEquals(100, values.get("bleu"), 1e-9, values.toString());
            assertEquals(100, values.get("chrf"), 1e-9);
            assertTrue(values.get("loss") < 1);
        }
        try (var job = Runs.open(run, "test=wrong")) {
            var values = job.evaluate();
            assertTrue(values.get("bleu") < 20 && values.get("chrf") < 50, values.toString());
        }
        Path table = Files.writeString(folder.resolve("more.tsv"), "de\ten\n" + GERMAN.get(2) + "\t" + ENGLISH.get(2));
        try (var job = Runs.open(run, "data=", "test=" + table)) {
            assertEquals(100, job.evaluate().get("bleu"), 1e-9);
        }
        try (var job = Runs.open(run, "test=missing")) {
            assertMessage(data + ": expected a file missing.de or missing.de.gz. Received the files [val.de, val.en,"
                    + " wrong.de, wrong.en].", job::evaluate);
        }
    }

    private static void write(Path folder, String part, List<String> german, List<String> english) throws IOException {
        Files.write(folder.resolve(part + ".de"), german);
        Files.write(folder.resolve(part + ".en"), english);
    }

    private static PairsConfig pairs(Path data, String from, String to, int width, int epochs) {
        return new PairsConfig(data.toString(), from, to, "", 300, width, 2, 2 * width, 1, 0, 0, 16, epochs, 8, 5e-3, 5,
                1);
    }

    @Test void tablesOfSummariesAreRead() throws IOException {
        String rows = "{\"text\": \"one two three\", \"summary\": \"one\"}\n".repeat(40);
        Path file = Files.writeString(folder.resolve("pairs.jsonl"), rows);
        var config = pairs(file, "text", "summary", 16, 30);
        try (var job = trained(new SummarisationRecipe(), config)) {
            assertEquals("one", job.predictor().ask("one two three", 1));
            OneByOne.check(job.predictor(), "one two three", "one two");
            assertEquals(1, job.evaluate().get("rouge1"), 1e-9);
            assertEquals(1, job.evaluate().get("rouge_l"), 1e-9);
        }
        try (var job = new SummarisationRecipe().job(new PairsConfig(file.toString(), "text", "summary", "val", 300, 16,
                2, 32, 1, 0, 0, 16, 1, 8, 5e-3, 5, 1))) {
            assertMessage("test: expected a table (.csv, .tsv, .jsonl), as data is one, or nothing to hold out a tenth"
                    + " of it. Received val", job::test);
        }
    }

    @Test void settingsAreChecked() {
        assertMessage("data: expected a table (.csv, .tsv, .jsonl), or a folder with train/<class>/ and test/<class>/,"
                + " or with a train and a test table. Received none; add data=<path>.",
                () -> new TextClassificationRecipe().job(new TextClassificationRecipe().defaults()));
        assertMessage("data: expected aclImdb, its archive, or reviews.json. Received /nowhere, which does not exist.",
                () -> new ImdbRecipe().job(new TextConfig("/nowhere", "", "text", "label", TextConfig.Network.LSTM, 10,
                        10, TextConfig.Keep.LAST, 1, 1, 1, 1)));
        assertMessage("vocab_size: expected at least 3. Received 2.", () -> new TextConfig("", "", "", "",
                TextConfig.Network.LSTM, 2, 10, TextConfig.Keep.LAST, 1, 1, 1, 1));
        assertMessage("dropout: expected a number from 0 to below 1. Received 1.0.",
                () -> new PairsConfig("", "", "", "", 300, 16, 2, 32, 1, 1, 0, 16, 20, 8, 1e-2, 2, 1));
        assertMessage("learning_rate: expected more than 0. Received NaN.",
                () -> new PairsConfig("", "", "", "", 300, 16, 2, 32, 1, 0, 0, 16, 20, 8, Double.NaN, 2, 1));
    }

    private static void assertMessage(String expected, Runnable mistake) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, mistake::run).getMessage());
    }
}
