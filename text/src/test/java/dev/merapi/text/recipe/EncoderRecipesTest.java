package dev.merapi.text.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.MaskedLm;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.pipeline.FillMask;
import dev.merapi.text.pipeline.TextEmbedder;
import dev.merapi.text.tokenizer.WordPieceTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The recipes that train encoders without labels learn from a handful of texts. */
class EncoderRecipesTest {
    private static final String TEXT = "the cat sat on the mat.\nthe dog lay on the rug.\nthe cow ate in the barn.\n";
    private static final List<String> GERMAN = List.of("eins", "zwei", "drei", "vier", "acht", "neun");
    private static final List<String> ENGLISH = List.of("one", "two", "three", "four", "eight", "nine");

    @TempDir Path folder;

    private FillMaskRecipe.Config gaps(String data, String pretrained) {
        return new FillMaskRecipe.Config(data, "", pretrained, 60, 32, 1, 2, 0, 16, 20, 4, 5e-3, 0.01, false, 1);
    }

    private EmbeddingRecipe.Config pairs(Path data, String anchor, String positive, Path pretrained) {
        return new EmbeddingRecipe.Config(data.toString(), anchor, positive, "", pretrained.toString(), false, 16,
                0, 6, 12, 6, 5e-3, 0.01, false, 1);
    }

    private Path text() throws IOException { return Files.writeString(folder.resolve("text.txt"), TEXT.repeat(80)); }

    /** A folder with a new model and its tokenizer. */
    private Path model() {
        Path model = folder.resolve("model");
        Torch.seed(1);
        var texts = Stream.concat(GERMAN.stream(), ENGLISH.stream());
        try (var tokenizer = WordPieceTrainer.of(80).minFrequency(1).train(texts);
                var gaps = new MaskedLm(BertConfig.of(tokenizer.vocabSize(), 16, 1, 2, 32).dropout(0))) {
            tokenizer.save(model);
            gaps.save(model);
        }
        return model;
    }

    private static <B> Map<String, Double> measured(Job<B> job) {
        try (var test = job.test()) {
            return job.trainer().evaluate(test);
        }
    }

    @Test void gapsAreLearntByANewModelAndByOneThatGoesOn() throws IOException {
        Path run = folder.resolve("run");
        try (var job = TextRecipesTest.trained(new FillMaskRecipe(), gaps(text().toString(), ""), run)) {
            var values = measured(job);
            assertTrue(values.get("accuracy") > 0.9, values.toString()); // 0.29 for "the" everywhere
            assertTrue(values.get("loss") < 0.3, values.toString()); // 2.31 for the words' frequencies
            assertEquals(Math.exp(values.get("loss")), values.get("perplexity"), 1e-3);
            assertEquals(values, measured(job), "the test set's masks stay");
            String answer = job.predictor().ask("the cat sat on the mat. the dog lay on the [MASK].", 1);
            assertTrue(answer.startsWith("rug "), answer);
            OneByOne.check(job.predictor(), "the dog lay on the [MASK].", "[MASK]", "the cow ate in the [MASK].");
            assertTrue(job.summary().trainable() > 0);
        }
        try (var gaps = FillMask.open(run)) {
            assertEquals("barn", gaps.fill("the cow ate in the [MASK].", 1).best().label());
        }
        SequenceClassifier.fineTune(run, List.of("a", "b")).close();

        Path texts = Files.createDirectory(folder.resolve("texts"));
        Files.writeString(texts.resolve("a.txt"), TEXT.replace("rug", "mat").repeat(40));
        Files.writeString(texts.resolve("b.txt"), TEXT.replace("rug", "mat").repeat(40));
        Files.writeString(texts.resolve("notes.md"), "rug ".repeat(1000));
        var config = gaps(texts.toString(), run.toString());
        try (var job = TextRecipesTest.trained(new FillMaskRecipe(), config, folder.resolve("next"))) {
            String answer = job.predictor().ask("the cat sat on the mat. the dog lay on the [MASK].", 1);
            assertTrue(answer.startsWith("mat "), answer);
        }
    }

    @Test void partnersInFilesFindEachOther() throws IOException {
        for (String part : List.of("train", "val")) {
            Files.write(folder.resolve(part + ".de"), GERMAN);
            Files.write(folder.resolve(part + ".en"), ENGLISH);
        }
        Path run = folder.resolve("run");
        var config = pairs(folder, "de", "en", model());
        try (var before = new EmbeddingRecipe().job(config)) {
            assertTrue(measured(before).get("accuracy") < 0.7);
        }
        try (var job = TextRecipesTest.trained(new EmbeddingRecipe(), config, run)) {
            var values = measured(job);
            assertEquals(1, values.get("accuracy"), values.toString());
            assertEquals(1, values.get("mrr"), 1e-12);
            assertTrue(job.predictor().ask("drei", 1).startsWith("["));
            OneByOne.check(job.predictor(), "drei", "drei vier acht neun", "", "eins zwei");
            assertTrue(job.summary().trainable() > 0);
        }
        try (var texts = TextEmbedder.open(run)) {
            assertTrue(texts.similarity("vier", "four") > texts.similarity("vier", "nine"));
        }
    }

    @Test void partnersInATableFindEachOther() throws IOException {
        var rows = IntStream.range(0, 60).mapToObj(i -> GERMAN.get(i % 6) + "\t" + ENGLISH.get(i % 6));
        Path table = Files.write(folder.resolve("pairs.tsv"),
                Stream.concat(Stream.of("anchor\tpositive"), rows).toList());
        var config = pairs(table, "anchor", "positive", model());
        try (var job = TextRecipesTest.trained(new EmbeddingRecipe(), config, folder.resolve("run"));
                var train = job.train(); var test = job.test()) {
            assertEquals(9, train.length().orElseThrow()); // 54 pairs, six at a time
            assertEquals(1, test.length().orElseThrow());
            assertTrue(measured(job).get("loss") < 1.5);
        }
    }

    @Test void badInputIsNamed() throws IOException {
        var gaps = new FillMaskRecipe();
        try (var job = gaps.job(gaps(text().toString(), ""))) {
            assertMessage("FillMask: expected [MASK] in the text, where a word is missing. Received \"the cat\"",
                    () -> job.predictor().ask("the cat", 1));
        }
        String empty = Files.writeString(folder.resolve("empty.txt"), "").toString();
        assertMessage("data: expected text in " + empty + ". Received an empty file.", () -> gaps.job(gaps(empty, "")));
        Path none = Files.createDirectory(folder.resolve("none"));
        assertMessage("data: expected .txt files in the folder " + none + ". Received none.",
                () -> gaps.job(gaps(none.toString(), "")));
        assertMessage("pretrained: expected the folder of a model of BERT's family (config.json, model.safetensors,"
                + " tokenizer.json or vocab.txt). Received /nowhere, which does not exist.",
                () -> gaps.job(gaps("", "/nowhere")));
        Path model = model();
        String little = Files.writeString(folder.resolve("little.txt"), "cat").toString();
        try (var job = gaps.job(gaps(little, model.toString()))) {
            assertMessage("data: expected a text of at least 160 tokens, as a tenth of it is held out and a window has"
                    + " 16. Received 1; lower max_length, or take a longer text.", job::train);
        }

        var embedding = new EmbeddingRecipe();
        Path table = Files.writeString(folder.resolve("pairs.csv"), "question,answer\n");
        assertMessage(table + ": expected a column \"anchor\". Received the columns [question, answer]; add"
                + " anchor=<column>.", () -> embedding.job(pairs(table, "anchor", "positive", model)).train());
        assertMessage(table + ": expected rows with pairs. Received none.",
                () -> embedding.job(pairs(table, "question", "answer", model)).train());
        assertMessage(folder + ": expected a file train.de or train.de.gz. Received the files [empty.txt, little.txt,"
                + " model, none, pairs.csv, text.txt].", () -> embedding.job(pairs(folder, "de", "en", model)).train());
        assertMessage("batch_size: expected at least 2. Received 1.", () -> new EmbeddingRecipe.Config("", "", "", "",
                "", false, 16, 0, 6, 1, 1, 1e-3, 0, false, 1));

        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) Files.delete(model.resolve(file));
        String message = assertThrows(IllegalArgumentException.class, () -> gaps.job(gaps("", model.toString())))
                .getMessage();
        assertTrue(message.startsWith(model + ": expected"), message);
    }

    private static void assertMessage(String expected, Runnable mistake) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, mistake::run).getMessage());
    }
}
