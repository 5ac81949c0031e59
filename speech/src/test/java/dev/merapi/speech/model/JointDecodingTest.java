package dev.merapi.speech.model;

import dev.merapi.loss.Ctc;
import dev.merapi.speech.data.Alphabet;
import dev.merapi.speech.decode.DecodeOptions;
import dev.merapi.speech.decode.Hypothesis;
import dev.merapi.speech.decode.KneserNey;
import dev.merapi.speech.decode.NGramModel;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The search of Listen, Attend and Spell beside all texts that there are, each scored on its own. */
class JointDecodingTest {
    private static final int BANDS = 6;
    private static final int ALL = 100_000; // a beam that drops nothing
    private static final NGramModel WORDS = KneserNey.train(List.of("a b", "b a", "a", "ab"), 2);

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

    /** With large weights, so that symbols differ in how likely they are. */
    private static ListenAttendSpell model(Alphabet alphabet, long seed) {
        Torch.seed(seed);
        var model = new ListenAttendSpell(new LasConfig(BANDS, alphabet.classes(), 4, 2, 5, 4, 0, 0, 0.5));
        try (var _ = Torch.noGrad()) {
            model.params().values().forEach(weight -> weight.mul_(3));
        }
        model.eval();
        return model;
    }

    /** Of so many frames behind the pyramid. */
    private static ListenAttendSpell.Heard heard(ListenAttendSpell model, int frames) {
        return model.listen(Tensor.randn(new Rng(4), 1, BANDS, 4 * frames), Tensor.of(new long[] {4 * frames}));
    }

    private static double attention(ListenAttendSpell model, ListenAttendSpell.Heard heard, long[] ids) {
        double sum = 0;
        var at = model.begin(heard);
        for (int i = 0; i <= ids.length; i++) {
            at = model.step(Tensor.of(new long[] {i == 0 ? 0 : ids[i - 1]}), at, heard);
            sum += model.scores(at).logSoftmax(1).toFloats()[i == ids.length ? 0 : (int) ids[i]];
        }
        return sum;
    }

    /** By the loss that it is trained by, whose value for a text that does not fit is 0. */
    private static double ctc(ListenAttendSpell model, ListenAttendSpell.Heard heard, long[] ids) {
        Tensor scores = model.frameScores(heard).getFirst();
        if (ids.length == 0) return scores.select(1, 0).sum().item();
        double loss = new Ctc(0, true).each(scores.unsqueeze(1), Tensor.of(ids, 1, ids.length),
                Tensor.of(new long[] {scores.size(0)}), Tensor.of(new long[] {ids.length})).item();
        return loss == 0 ? Double.NEGATIVE_INFINITY : -loss;
    }

    private static double words(String text, double weight, double bonus) {
        int count = text.isBlank() ? 0 : text.strip().split(" +").length;
        return weight * Math.log(10) * WORDS.log10(text) + bonus * count;
    }

    /** All texts of at most so many symbols. */
    private static List<String> texts(Alphabet alphabet, int longest) {
        var texts = new ArrayList<>(List.of(""));
        for (int i = 0; texts.get(i).length() < longest; i++) {
            for (String symbol : alphabet.symbols()) texts.add(texts.get(i) + symbol);
        }
        return texts;
    }

    private static void assertFound(Map<String, Double> expected, List<Hypothesis> found) {
        assertEquals(expected.size(), found.size());
        double last = Double.POSITIVE_INFINITY;
        for (var one : found) {
            assertEquals(expected.get(one.text()), one.score(), 1e-4, "\"" + one.text() + "\"");
            assertTrue(one.score() <= last);
            last = one.score();
        }
    }

    /** All texts that fit into four frames, by attention, CTC and words. */
    @ParameterizedTest @ValueSource(longs = {1, 2, 3})
    void aBeamThatKeepsAllIsExhaustive(long seed) {
        var alphabet = new Alphabet(List.of(" ", "a", "b"));
        try (var model = model(alphabet, seed)) {
            var heard = heard(model, 4);
            var bySound = new HashMap<String, Double>();
            var byWordsToo = new HashMap<String, Double>();
            for (String text : texts(alphabet, 4)) {
                long[] ids = alphabet.encode(text);
                double ctc = ctc(model, heard, ids);
                if (ctc == Double.NEGATIVE_INFINITY) continue; // more symbols than frames, such as "aaa"
                double sound = 0.6 * attention(model, heard, ids) + 0.4 * ctc;
                bySound.put(text, sound);
                byWordsToo.put(text, sound + words(text, 0.7, 0.5));
            }
            var options = DecodeOptions.of(ALL).ctc(0.4);
            assertFound(bySound, new LasDecoder(model, alphabet, options).search(heard));
            assertFound(byWordsToo, new LasDecoder(model, alphabet, options.model(WORDS, 0.7, 0.5)).search(heard));
        }
    }

    /** Without CTC nothing but the limit of 10 symbols beyond the frames ends a search; scores are means. */
    @ParameterizedTest @ValueSource(longs = {1, 2, 3})
    void attentionAloneIsExhaustiveToo(long seed) {
        var alphabet = new Alphabet(List.of("a"));
        try (var model = model(alphabet, seed)) {
            var heard = heard(model, 2);
            var bySound = new HashMap<String, Double>();
            var byWordsToo = new HashMap<String, Double>();
            for (String text : texts(alphabet, 12)) {
                double sound = attention(model, heard, alphabet.encode(text));
                bySound.put(text, sound / (text.length() + 1));
                byWordsToo.put(text, (sound + words(text, 0.7, 0.5)) / (text.length() + 1));
            }
            assertFound(bySound, new LasDecoder(model, alphabet, DecodeOptions.of(ALL)).search(heard));
            assertFound(byWordsToo, new LasDecoder(model, alphabet, DecodeOptions.of(ALL).model(WORDS, 0.7, 0.5))
                    .search(heard));
        }
    }

    @Test void aNetworkWithoutCtcHasNoPartOfIt() {
        try (var model = new ListenAttendSpell(new LasConfig(BANDS, 2, 4, 1, 5, 4, 0, 0, 0))) {
            assertEquals("LasDecoder.ctc: expected 0 for a network without CTC. Received 0.3.",
                    assertThrows(IllegalArgumentException.class, () -> new LasDecoder(model,
                            new Alphabet(List.of("a")), DecodeOptions.of(4).ctc(0.3))).getMessage());
        }
    }
}
