package dev.merapi.speech.decode;

import dev.merapi.loss.Ctc;
import dev.merapi.speech.data.Alphabet;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CtcDecodingTest {
    private static final Alphabet ALPHABET = new Alphabet(List.of(" ", "a", "b"));
    private static final int ALL = 100_000; // a beam that drops nothing

    private long before;
    private Scope scope;

    @BeforeEach void open() {
        before = Scope.live();
        scope = Scope.open();
    }

    @AfterEach void close() {
        scope.close();
        assertTrue(Scope.live() <= before, "tensors are left");
    }

    private static Tensor scores(long seed, int frames) {
        return Tensor.randn(new Rng(seed), frames, ALPHABET.classes()).mul(1.5).logSoftmax(1);
    }

    /** Every way through the frames, one by one: the probability of each text. */
    private static Map<String, Double> exhaustive(Tensor scores) {
        float[] logs = scores.toFloats();
        int frames = (int) scores.size(0), classes = (int) scores.size(1);
        var texts = new HashMap<String, Double>();
        for (int way = 0; way < Math.pow(classes, frames); way++) {
            double log = 0;
            int last = 0;
            var text = new StringBuilder();
            for (int t = 0, rest = way; t < frames; t++, rest /= classes) {
                int c = rest % classes;
                log += logs[t * classes + c];
                if (c != 0 && c != last) text.append(ALPHABET.decode(c));
                last = c;
            }
            texts.merge(text.toString(), Math.exp(log), Double::sum);
        }
        return texts;
    }

    @ParameterizedTest @ValueSource(longs = {1, 2, 3})
    void aBeamThatKeepsAllIsExhaustive(long seed) {
        Tensor scores = scores(seed, 5);
        var expected = exhaustive(scores);
        var found = new PrefixBeamSearch(ALPHABET, DecodeOptions.of(ALL)).search(scores);
        assertEquals(expected.keySet(), Set.copyOf(found.stream().map(Hypothesis::text).toList()));
        assertEquals(expected.size(), found.size());
        for (var one : found) assertEquals(expected.get(one.text()), Math.exp(one.score()), 1e-6, one.text());
        double previous = 0;
        for (var one : found) {
            assertTrue(one.score() <= previous + 1e-9);
            previous = one.score();
        }
    }

    /** The same number by another way: the loss that the network was trained by. */
    @Test void withoutALanguageModelTheScoreIsTheLoss() {
        Tensor scores = scores(4, 7);
        for (var one : new PrefixBeamSearch(ALPHABET, DecodeOptions.of(ALL)).search(scores).subList(0, 20)) {
            long[] ids = one.ids();
            if (ids.length == 0) continue;
            Tensor loss = new Ctc().each(scores.unsqueeze(1), Tensor.of(ids, 1, ids.length),
                    Tensor.of(new long[] {7}), Tensor.of(new long[] {ids.length}));
            assertEquals(-loss.item(), one.score(), 1e-4, one.text());
        }
    }

    /** Symbol by symbol: a beginning is as probable as all texts that begin so. */
    @ParameterizedTest @ValueSource(longs = {1, 2, 3})
    void beginningsAreAsProbableAsAllThatMayFollow(long seed) {
        Tensor scores = scores(seed, 5);
        var texts = exhaustive(scores);
        var scorer = new CtcPrefixScorer(scores);
        for (String text : texts.keySet()) {
            var at = scorer.begin();
            for (int i = 0; i <= text.length(); i++) {
                double[] next = scorer.next(at);
                String begun = text.substring(0, i);
                assertEquals(texts.getOrDefault(begun, 0.0), Math.exp(next[0]), 1e-6, begun);
                for (int c = 1; c < next.length; c++) {
                    String longer = begun + ALPHABET.decode(c);
                    double sum = texts.entrySet().stream().filter(entry -> entry.getKey().startsWith(longer))
                            .mapToDouble(Map.Entry::getValue).sum();
                    assertEquals(sum, Math.exp(next[c]), 1e-6, longer);
                }
                if (i < text.length()) at = scorer.after(at, (int) ALPHABET.encode(text.substring(i, i + 1))[0]);
            }
        }
    }

    @ParameterizedTest @ValueSource(longs = {1, 2, 3})
    void withALanguageModelItIsExhaustiveToo(long seed) {
        var model = KneserNey.train(List.of("a b", "b b a", "ab a", "b a b"), 2);
        Tensor scores = scores(seed, 5);
        ToDoubleFunction<Map.Entry<String, Double>> weighed = entry -> {
            var words = entry.getKey().isBlank() ? List.<String>of() : List.of(entry.getKey().strip().split(" +"));
            return Math.log(entry.getValue()) + 0.7 * Math.log(10) * model.log10(entry.getKey()) + 0.4 * words.size()
                    + 2 * words.stream().filter("ab"::equals).count();
        };
        var best = exhaustive(scores).entrySet().stream().max(Comparator.comparingDouble(weighed)).orElseThrow();
        var found = new PrefixBeamSearch(ALPHABET, DecodeOptions.of(ALL).model(model, 0.7, 0.4)
                .hotWords(Set.of("AB"), 2)).best(scores);
        assertEquals(best.getKey(), found.text());
        assertEquals(weighed.applyAsDouble(best), found.score(), 1e-5);
        assertEquals(Math.log(best.getValue()), found.acoustic(), 1e-5);
    }

    /** A beam of 50 finds what 8 frames hold, if it is not close. */
    @Test void aNarrowBeamFindsWhatIsClear() {
        Tensor scores = Tensor.randn(new Rng(9), 8, 4).mul(4).logSoftmax(1);
        assertEquals(new PrefixBeamSearch(ALPHABET, DecodeOptions.of(ALL)).best(scores).text(),
                new PrefixBeamSearch(ALPHABET, DecodeOptions.of(50)).best(scores).text());
    }

    @Test void greedyTakesTheBestClassOfEachFrame() {
        float[] rows = {.1f, .1f, .7f, .1f, .1f, .1f, .7f, .1f, .7f, .1f, .1f, .1f, .1f, .1f, .7f, .1f, .1f, .7f, .1f,
            .1f, .1f, .1f, .1f, .7f};
        var found = new CtcGreedy(ALPHABET).best(Tensor.of(rows, 6, 4).log());
        assertEquals("aa b", found.text());
        assertEquals(6 * Math.log(0.7), found.acoustic(), 1e-5);
    }

    @Test void wordsAreFoundWhereTheyLie() {
        Tensor scores = scores(11, 7);
        var found = ForcedAlignment.of(scores, "ab a", ALPHABET);
        assertEquals(bestWay(scores, "ab a"), found.score(), 1e-5);
        assertEquals(List.of("a", "b", " ", "a"), found.spans().stream().map(ForcedAlignment.Span::text).toList());
        var words = found.words();
        assertEquals(List.of("ab", "a"), words.stream().map(ForcedAlignment.Span::text).toList());
        assertEquals(found.spans().get(0).from(), words.get(0).from());
        assertEquals(found.spans().get(1).to(), words.get(0).to());
        assertTrue(words.get(0).to() <= words.get(1).from());
    }

    private static double bestWay(Tensor scores, String wanted) {
        float[] logs = scores.toFloats();
        double best = Double.NEGATIVE_INFINITY;
        int frames = (int) scores.size(0);
        for (int way = 0; way < Math.pow(4, frames); way++) {
            double log = 0;
            int last = 0;
            var text = new StringBuilder();
            for (int t = 0, rest = way; t < frames; t++, rest /= 4) {
                log += logs[t * 4 + rest % 4];
                if (rest % 4 != 0 && rest % 4 != last) text.append(ALPHABET.decode(rest % 4));
                last = rest % 4;
            }
            if (text.toString().equals(wanted)) best = Math.max(best, log);
        }
        return best;
    }

    @Test void textsThatCannotBeAreNamed() {
        Tensor scores = scores(1, 3);
        assertEquals("ForcedAlignment: expected at least 4 frames for \"aab\". Received 3.",
                assertThrows(IllegalArgumentException.class,
                        () -> ForcedAlignment.of(scores, "aab", ALPHABET)).getMessage());
        assertEquals("Alphabet: expected the symbols \" ab\". Received 'é', 'x' in \"aéxa\"; leave it out, spell it,"
                + " or train with it.", assertThrows(IllegalArgumentException.class,
                        () -> ALPHABET.encode("aéxa")).getMessage());
        assertEquals("DecodeOptions.beam: expected at least 1. Received 0.",
                assertThrows(IllegalArgumentException.class, () -> DecodeOptions.of(0)).getMessage());
    }
}
