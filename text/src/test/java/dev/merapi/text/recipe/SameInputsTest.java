package dev.merapi.text.recipe;

import dev.merapi.nn.Embedding;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.MaskedLm;
import dev.merapi.text.tokenizer.BpeTrainer;
import dev.merapi.text.tokenizer.Tokenizer;
import dev.merapi.text.tokenizer.WordPieceTrainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What a recipe's model reads of a text is the same to the token in training, in evaluation, and in use from the run's
 * folder alone. It is read back from the vectors that the embeddings give, so that nothing between can hide.
 */
class SameInputsTest {
    /** Longer than max_length, which is 8. */
    private static final String LONG = "a good old film, seen again and again by all of us";

    @TempDir Path folder;
    private int files;

    /** Ids of words and, where a model has them, of positions and types, by embedding. */
    private record Read(String embedding, List<Integer> ids) {}

    private static List<Read> reads(Layer model, Runnable forward) {
        var tables = new LinkedHashMap<String, Map<List<Float>, Integer>>();
        model.layers().forEach((path, layer) -> {
            if (layer instanceof Embedding table) tables.put(path, rows(table.params().get("weight")));
        });
        var reads = new ArrayList<Read>();
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = Hooks.listen(model, out -> {
            var y = out.output();
            int count = y.rank() == 3 ? (int) y.size(0) : 1; // texts of a batch
            var vectors = vectors(y);
            int length = vectors.size() / count;
            tables.forEach((path, rows) -> {
                if (!rows.keySet().containsAll(vectors)) return;
                var ids = vectors.stream().map(rows::get).toList();
                for (int i = 0; i < count; i++) {
                    reads.add(new Read(path, ids.subList(i * length, (i + 1) * length)));
                }
            });
        })) {
            forward.run();
        }
        return reads;
    }

    private static Map<List<Float>, Integer> rows(Tensor table) {
        var rows = new HashMap<List<Float>, Integer>();
        vectors(table).forEach(row -> rows.put(row, rows.size()));
        return rows;
    }

    private static List<List<Float>> vectors(Tensor t) {
        float[] values = t.toFloats();
        int width = (int) t.size(-1);
        var vectors = new ArrayList<List<Float>>();
        for (int at = 0; at < values.length; at += width) {
            var vector = new ArrayList<Float>();
            for (int i = at; i < at + width; i++) vector.add(values[i]);
            vectors.add(vector);
        }
        return vectors;
    }

    private <C extends Record> Job<?> again(Recipe<C> recipe, C config) {
        Path run = folder.resolve("run-" + files++);
        try (var job = recipe.job(config)) {
            job.save(run);
        }
        return recipe.job(config, run);
    }

    /** Each batch of a job's training or test set. */
    private static <B> Set<List<Read>> learnt(Job<B> job, boolean test) {
        var task = job.trainer().task();
        task.model().eval();
        var all = new HashSet<List<Read>>();
        try (var loader = test ? job.test() : job.train()) {
            for (B batch : loader) all.add(reads(task.model(), () -> task.forward(batch)));
        }
        return all;
    }

    private static List<Read> used(Job<?> job, String input) {
        return reads(job.trainer().task().model(), () -> job.predictor().ask(input, 1));
    }

    /** A text of the training set, the only one of the test set, and in use. */
    private static void assertSame(Job<?> job, String input, int length) {
        var used = used(job, input);
        assertEquals(length, used.getFirst().ids.size(), used.toString());
        assertTrue(learnt(job, false).contains(used), "in training");
        assertEquals(Set.of(used), learnt(job, true), "in evaluation");
    }

    private Path write(String name, String... lines) {
        try {
            return Files.write(folder.resolve(name), List.of(lines));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A folder with a BERT, or a RoBERTa, that has just begun. */
    private Path pretrained(boolean roberta) {
        Path model = folder.resolve("model-" + files++);
        Torch.seed(1);
        try (var tokenizer = roberta
                ? BpeTrainer.of(300).specialTokens("<s>", "<pad>", "</s>", "<unk>", "<mask>").train(Stream.of(LONG))
                : WordPieceTrainer.of(200).minFrequency(1).train(Stream.of(LONG, "where is it ? ' - ."))) {
            var config = new BertConfig(roberta ? "roberta" : "bert", List.of(), tokenizer.vocabSize(), 16, 1, 2, 32,
                    "gelu", 0, 0, 40, roberta ? 1 : 2, 0.1, 1e-12, roberta ? 1 : 0, 0.0, "absolute",
                    BertConfig.TINY.id2label());
            try (var gaps = new MaskedLm(config)) {
                gaps.save(model);
            }
            tokenizer.save(model);
        }
        return model;
    }

    // ---- classes

    private String table(String text) {
        return write("texts-" + files++ + ".tsv", "text\tlabel", text + "\ta").toString();
    }

    @Test void classesOfTexts() {
        for (var keep : TextConfig.Keep.values()) {
            for (String text : List.of(LONG, "Film", "")) {
                String table = table(text);
                for (var network : List.of(TextConfig.Network.TRANSFORMER, TextConfig.Network.BILSTM)) {
                    var config = new TextConfig(write("two.tsv", "text\tlabel", text + "\ta", "x\tb").toString(), table,
                            "text", "label", network, 50, 8, keep, 1, 1, 1e-3, 1);
                    try (var job = again(new TextClassificationRecipe(), config)) {
                        assertSame(job, text, text.equals(LONG) ? 8 : 1);
                    }
                }
            }
        }
    }

    @Test void classesOfFilmReviews() throws IOException {
        for (String part : List.of("train", "test")) {
            for (String kind : List.of("neg", "pos")) {
                Path texts = Files.createDirectories(folder.resolve("aclImdb").resolve(part).resolve(kind));
                Files.writeString(texts.resolve("1_1.txt"), LONG);
            }
        }
        var config = new TextConfig(folder.resolve("aclImdb").toString(), "", "text", "label",
                TextConfig.Network.TRANSFORMER, 50, 8, TextConfig.Keep.LAST, 1, 1, 1e-3, 1);
        try (var job = again(new ImdbRecipe(), config)) {
            var used = used(job, LONG);
            assertEquals(Set.of(used), learnt(job, false));
        }
    }

    @Test void classesByAPretrainedModel() {
        for (boolean roberta : List.of(false, true)) {
            for (String text : List.of(LONG, "Film", "")) {
                Path two = write("two.tsv", "text\tlabel", text + "\ta", "x\tb");
                var config = new BertClassificationRecipe.Config(two.toString(), table(text), "text", "label",
                        pretrained(roberta).toString(), false, 8, 0, 0, 1, 1, 1e-3, 0, false, 1);
                try (var job = again(new BertClassificationRecipe(), config)) {
                    assertSame(job, text, text.equals(LONG) ? 8 : text.isEmpty() ? 2 : roberta ? 6 : 3);
                }
            }
        }
    }

    @Test void classesOfWords() {
        for (boolean roberta : List.of(false, true)) {
            write("train.conll", LONG.replace(",", " ,").replaceAll(" ", " O\n") + " O", "", "all O", "'s O", "U.S O",
                    "well-off O");
            write("test.conll", "again O", ". O");
            var config = new TokenClassificationRecipe.Config(folder.toString(), "test", pretrained(roberta).toString(),
                    false, 8, 1, 1, 1e-3, 0, false, 1);
            try (var job = again(new TokenClassificationRecipe(), config)) {
                var used = new HashSet<List<Integer>>();
                for (String text : List.of(LONG, "all's U.S well-off")) used.addAll(words(used(job, text), roberta));
                assertTrue(used.size() > 2, "a long sentence is read in parts");
                assertEquals(used, words(job, roberta));
                assertEquals(Set.of(used(job, "again.")), learnt(job, true));
            }
        }
    }

    /** The words of each text of a batch, without those that fill it up. */
    private static Set<List<Integer>> words(List<Read> batch, boolean roberta) {
        String words = batch.getFirst().embedding;
        return batch.stream().filter(read -> read.embedding.equals(words)).map(Read::ids).map(ids -> {
            int length = ids.size();
            while (ids.get(length - 1) == (roberta ? 1 : 0)) length--;
            return ids.subList(0, length);
        }).collect(Collectors.toSet());
    }

    /** The words of each text of the training set. */
    private static Set<List<Integer>> words(Job<?> job, boolean roberta) {
        return learnt(job, false).stream().flatMap(batch -> words(batch, roberta).stream())
                .collect(Collectors.toSet());
    }

    @Test void questionsAndTexts() {
        String squad = "{\"data\": [{\"paragraphs\": [{\"context\": \"%s\", \"qas\": [{\"id\": \"1\", \"question\":"
                + " \"where is it?\", \"answers\": []}]}]}]}";
        write("train.json", squad.formatted(LONG));
        write("dev.json", squad.formatted("all film"));
        var config = new QuestionAnsweringRecipe.Config(folder.toString(), "train.json", "dev.json",
                pretrained(false).toString(), false, 16, 3, 1, 1, 1e-3, 0, false, 1);
        try (var job = again(new QuestionAnsweringRecipe(), config)) {
            var windows = words(used(job, "where is it? " + LONG), false);
            assertTrue(windows.size() > 1, "a long text is read in windows");
            assertEquals(windows, words(job, false));
            var used = used(job, "where is it? all film");
            assertEquals(Set.of(0, 1), Set.copyOf(used.getLast().ids), "types");
            assertEquals(Set.of(used), learnt(job, true));
        }
    }

    // ---- texts

    @Test void gaps() {
        var words = Arrays.asList(LONG.replace(",", "").split(" "));
        String text = write("text.txt", (String.join(" ", words) + " ").repeat(40)).toString();
        var config = new FillMaskRecipe.Config(text, "", pretrained(false).toString(), 60, 16, 1, 2, 0, 8, 1, 1, 1e-3,
                0, false, 1);
        try (var job = again(new FillMaskRecipe(), config);
                var tokenizer = Tokenizer.open(folder.resolve("run-" + (files - 1)))) {
            int mask = (int) tokenizer.specialTokens().mask().orElseThrow();
            int compared = 0;
            for (var learnt : learnt(job, false)) {
                var ids = learnt.getFirst().ids;
                var seen = ids.subList(1, ids.size() - 1).stream().map(tokenizer::token).toList();
                boolean whole = seen.stream().allMatch(word -> words.contains(word) || word.equals("[MASK]"));
                if (!whole || !ids.contains(mask)) continue;
                assertEquals(learnt, used(job, String.join(" ", seen)));
                compared++;
            }
            assertTrue(compared > 5, "compared " + compared);
        }
    }

    @Test void vectors() {
        String one = write("pairs.tsv", "anchor\tpositive", LONG + "\t" + LONG).toString();
        var config = new EmbeddingRecipe.Config(one, "anchor", "positive", one, pretrained(false).toString(), false, 8,
                0, 2, 1, 2, 1e-3, 0, false, 1);
        try (var job = again(new EmbeddingRecipe(), config)) {
            var used = used(job, LONG);
            assertEquals(8, used.getFirst().ids.size());
            assertEquals(Set.of(Stream.of(used, used).flatMap(List::stream).toList()), learnt(job, true));
        }
    }

    @Test void runningText() {
        String text = write("text.txt", LONG.repeat(20)).toString();
        String test = write("test.txt", LONG).toString();
        for (var tokens : LanguageModelRecipe.Tokens.values()) {
            var config = new LanguageModelRecipe.Config(text, test, tokens, 257, 8, 1, 2, 16, 0, 1, 1, 1, 1e-3, 0, 1);
            try (var job = again(new LanguageModelRecipe(), config)) {
                var learnt = learnt(job, true).iterator().next().getFirst();
                var used = used(job, LONG.substring(0, 8)).getFirst();
                assertEquals(used.ids, learnt.ids.subList(0, 8));
            }
        }
    }

    @Test void pairsOfTexts() {
        for (var recipe : List.of(new TranslationRecipe(), new SummarisationRecipe())) {
            for (String source : List.of(LONG, "film")) {
                String table = write("pairs.tsv", "text\tsummary", source + "\tfilm").toString();
                var config = new PairsConfig(table, "text", "summary", table, 300, 16, 2, 32, 1, 0, 0, 8, 1, 1, 1e-3, 1,
                        1);
                try (var job = again(recipe, config);
                        var tokenizer = Tokenizer.open(folder.resolve("run-" + (files - 1)))) {
                    for (boolean test : List.of(false, true)) {
                        var learnt = learnt(job, test).iterator().next();
                        var used = used(job, source);
                        assertEquals(used.getFirst(), learnt.getFirst(), "source");
                        assertEquals(used.get(1).ids.getFirst(), learnt.get(1).ids.getFirst(), "begin of the target");
                        assertEquals(tokenizer.id("</s>"), (long) used.getFirst().ids.getLast(), "the source's end");
                    }
                }
            }
        }
    }
}
