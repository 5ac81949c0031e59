package dev.merapi.speech.decode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class NGramTest {
    private static final List<String> TEXTS = List.of("a b", "a b", "a c");

    @TempDir Path folder;

    private static double p(NGramModel model, String context, String word) {
        return Math.pow(10, model.log10(context.isEmpty() ? List.of() : List.of(context.split(" ")), word));
    }

    /**
     * By hand. Words that stand behind so many others: a 1, b 1, c 1, end 2; of these 3 are 1 and 1 is 2, so the
     * discount is 3/5. It leaves 0.6 · 4/5 = 0.48 for 5 words, the unknown one included, 0.096 each.
     */
    @Test void aBigramModelIsAsByHand() {
        var model = KneserNey.train(TEXTS, 2);
        assertEquals(0.4 / 5 + 0.096, p(model, "", "b"), 1e-9);
        assertEquals(1.4 / 5 + 0.096, p(model, "", NGramModel.END), 1e-9);
        assertEquals(0.096, p(model, "", "zebra"), 1e-9);
        // pairs: <s> a 3, a b 2, b </s> 2, a c 1, c </s> 1: the discount is 2 / (2 + 2 · 2) = 1/3
        assertEquals((2 - 1 / 3.0) / 3 + 2 / 9.0 * 0.176, p(model, "a", "b"), 1e-9);
        assertEquals(2 / 9.0 * 0.176, p(model, "a", "a"), 1e-9);
        assertEquals(2 / 9.0 * 0.096, p(model, "a", "zebra"), 1e-9);
        assertEquals(0.176, p(model, "zebra", "b"), 1e-9);
    }

    @Test void probabilitiesAddUpTo1BehindEveryContext() {
        var texts = List.of("press one for sales", "press two for help", "press one now", "help",
                "for sales press one");
        var words = new ArrayList<>(List.of("press", "one", "for", "sales", "two", "help", "now", NGramModel.END,
                NGramModel.UNKNOWN));
        for (int order = 1; order <= 4; order++) {
            var model = KneserNey.train(texts, order);
            for (String context : List.of("", "press", "for", "press one", "one for", "<s> press one", "now", "x y")) {
                double sum = words.stream().mapToDouble(word -> p(model, context, word)).sum();
                assertEquals(1, sum, 1e-9, "order " + order + " behind " + context);
            }
        }
    }

    @Test void textsThatWereSeenAreLikelier() {
        var model = KneserNey.train(TEXTS, 3);
        assertEquals(model.log10("a b"), model.log10(List.of(NGramModel.BEGIN), "a")
                + model.log10(List.of(NGramModel.BEGIN, "a"), "b") + model.log10(List.of("a", "b"), NGramModel.END),
                1e-12);
        assertEquals(true, model.perplexity(List.of("a b")) < model.perplexity(List.of("b a")));
    }

    @Test void whatWasWrittenIsRead() {
        var model = KneserNey.train(TEXTS, 3);
        Path file = folder.resolve("words.arpa");
        model.write(file);
        var read = NGramModel.read(file);
        assertEquals(3, read.order());
        for (int n = 1; n <= 3; n++) assertEquals(model.size(n), read.size(n));
        for (String text : List.of("a b", "c a", "a zebra", "")) {
            assertEquals(model.log10(text), read.log10(text), 1e-6);
        }
    }

    /** As SRILM writes it, with what backs off by hand. */
    @Test void anArpaFileIsRead() throws IOException {
        Path file = Files.writeString(folder.resolve("a.arpa"), """
                note
                \\data\\
                ngram 1=4
                ngram 2=2

                \\1-grams:
                -1.0 <unk>
                -99 <s> -0.5
                -0.3 </s>
                -0.4 a -0.2

                \\2-grams:
                -0.1 <s> a
                -0.6 a </s>

                \\end\\
                """);
        var model = NGramModel.read(file);
        assertEquals(-0.1, model.log10(List.of("<s>"), "a"));
        assertEquals(-0.2 - 0.4, model.log10(List.of("a"), "a"), 1e-12);
        assertEquals(-0.2 - 1.0, model.log10(List.of("a"), "b"), 1e-12);
        assertEquals(-0.1 - 0.6, model.log10("a"), 1e-12);
    }

    @Test void damagedFilesAreNamed() throws IOException {
        Path file = folder.resolve("a.arpa");
        Files.writeString(file, "\\data\\\nngram 1=2\n\n\\1-grams:\n-1 a\n\\end\\\n");
        assertError(file + ", line 6: expected 2 n-grams of 1 words, as its head says. Received 1.", file);
        Files.writeString(file, "\\data\\\nngram 1=1\n\\1-grams:\nx a\n");
        assertError(file + ", line 4: expected numbers before and behind the words. Received \"x a\".", file);
        Files.writeString(file, "hello\n");
        assertError(file + ", line 1: expected an ARPA file with \\data\\ and counts. Received none.", file);
    }

    private static void assertError(String message, Path file) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> NGramModel.read(file)).getMessage());
    }
}
