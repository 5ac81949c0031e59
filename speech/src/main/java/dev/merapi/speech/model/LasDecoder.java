package dev.merapi.speech.model;

import dev.merapi.speech.data.Alphabet;
import dev.merapi.speech.decode.CtcPrefixScorer;
import dev.merapi.speech.decode.DecodeOptions;
import dev.merapi.speech.decode.Hypothesis;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Writes what {@link ListenAttendSpell} heard, symbol by symbol, until it writes the end or more symbols than a second
 * of sound could hold.
 *
 * <pre>{@code
 * var decoder = new LasDecoder(model, alphabet, DecodeOptions.of(20).ctc(0.3).model(words, 0.5, 1));
 * String text = decoder.search(model.listen(x, lengths).one(0)).getFirst().text();
 * }</pre>
 */
public final class LasDecoder {
    private static final int MORE = 10; // symbols beyond one for each frame

    private final ListenAttendSpell model;
    private final Alphabet alphabet;
    private final DecodeOptions options;

    /** @throws IllegalArgumentException if CTC has a part and the network was trained without it */
    public LasDecoder(ListenAttendSpell model, Alphabet alphabet, DecodeOptions options) {
        Expect.that(options.ctc() == 0 || model.config().ctc() > 0, "LasDecoder.ctc",
                "0 for a network without CTC", options.ctc());
        this.model = model;
        this.alphabet = alphabet;
        this.options = options;
    }

    /** The most probable symbol by attention at each step, of all recordings together. */
    public List<Hypothesis> greedy(ListenAttendSpell.Heard heard) {
        int count = (int) heard.h().size(0);
        long[] limits = Arrays.stream(heard.lengths().toLongs()).map(n -> n + MORE).toArray();
        var ids = IntStream.range(0, count).mapToObj(_ -> new ArrayList<Long>()).toList();
        var scores = new double[count];
        var over = new boolean[count];
        var at = model.begin(heard);
        Tensor before = heard.lengths().newZeros(count);
        for (int s = 0; !all(over); s++) {
            try (var step = Scope.open()) {
                at = model.step(before, at, heard).keep(step);
                var best = model.scores(at).logSoftmax(1).max(1, false);
                before = step.keep(best.indices());
                long[] written = before.toLongs();
                float[] logs = best.values().toFloats();
                for (int i = 0; i < count; i++) {
                    if (over[i]) continue;
                    scores[i] += logs[i];
                    over[i] = written[i] == 0 || s >= limits[i];
                    if (written[i] != 0) ids.get(i).add(written[i]);
                }
            }
        }
        return IntStream.range(0, count).mapToObj(i -> hypothesis(ids.get(i), scores[i])).toList();
    }

    private static boolean all(boolean[] over) {
        for (boolean one : over) if (!one) return false;
        return true;
    }

    private Hypothesis hypothesis(List<Long> ids, double score) {
        long[] found = ids.stream().mapToLong(Long::longValue).toArray();
        return new Hypothesis(alphabet.decode(found), found, score / (found.length + 1), score);
    }

    /**
     * The best texts of one recording, best first, by attention, CTC and words together as {@link JointScorer} has it.
     * A text that does not end counts only if none does.
     *
     * @param heard of one recording
     */
    public List<Hypothesis> search(ListenAttendSpell.Heard heard) {
        Expect.that(heard.h().size(0) == 1, "LasDecoder.search", "one recording", heard.h().size(0));
        var ctc = options.ctc() == 0 ? null : new CtcPrefixScorer(model.frameScores(heard).getFirst());
        var scorer = new JointScorer(alphabet, options, ctc);
        var done = new ArrayList<Hypothesis>();
        var texts = List.of(scorer.begin());
        var at = model.begin(heard);
        long limit = heard.lengths().toLongs()[0] + MORE;
        for (int s = 0; s <= limit && !texts.isEmpty() && done.size() < options.beam(); s++) {
            try (var step = Scope.open()) {
                Tensor before = Tensor.of(texts.stream().mapToLong(JointScorer.Text::last).toArray());
                at = model.step(before.to(heard.h().device()), rows(at, texts), heard).keep(step);
                var grown = scorer.grown(texts, model.scores(at).logSoftmax(1).toFloats());
                grown.stream().filter(JointScorer.Grown::ends).map(scorer::whole).forEach(done::add);
                texts = grown.stream().filter(one -> !one.ends()).map(scorer::kept).toList();
            }
        }
        if (done.isEmpty()) texts.stream().map(scorer::cutOff).forEach(done::add);
        return done.stream().sorted(Comparator.comparingDouble((Hypothesis h) -> -h.score())).limit(options.beam())
                .toList();
    }

    /** The states from which texts go on. */
    private static ListenAttendSpell.Spelling rows(ListenAttendSpell.Spelling at, List<JointScorer.Text> texts) {
        Tensor rows = Tensor.of(texts.stream().mapToLong(JointScorer.Text::row).toArray()).to(at.h().device());
        return new ListenAttendSpell.Spelling(at.h().indexSelect(0, rows), at.c().indexSelect(0, rows),
                at.attention().indexSelect(0, rows), at.context().indexSelect(0, rows));
    }
}
