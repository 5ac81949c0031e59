package dev.merapi.speech.decode;

import dev.merapi.speech.data.Alphabet;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where each symbol of a known text lies in CTC scores: the most probable way through the frames (Viterbi).
 *
 * @param spans of the symbols, in order
 * @param score natural logarithm of the way's probability
 */
public record ForcedAlignment(List<Span> spans, double score) {
    /**
     * Where something lies.
     *
     * @param text a symbol, or a word
     * @param from the first frame
     * @param to the frame behind the last
     */
    public record Span(String text, int from, int to) {}

    /**
     * Of log-probabilities (frames, classes).
     *
     * @throws IllegalArgumentException for a text longer than the frames, or with unknown symbols
     */
    public static ForcedAlignment of(Tensor logProbabilities, String text, Alphabet alphabet) {
        long[] ids = alphabet.encode(text);
        var scores = CtcScores.of(logProbabilities);
        int least = leastFrames(ids);
        Expect.that(least <= scores.frames(), "ForcedAlignment", "at least " + least + " frames for \"" + text + "\"",
                scores.frames());
        if (ids.length == 0) return new ForcedAlignment(List.of(), 0);
        int[] states = way(scores.rows(), ids);
        double score = 0;
        var spans = new ArrayList<Span>();
        for (int t = 0; t < states.length; t++) {
            int s = states[t];
            score += scores.rows()[t][s % 2 == 0 ? 0 : (int) ids[s / 2]];
            if (s % 2 == 0) continue;
            boolean goesOn = t > 0 && states[t - 1] == s;
            spans.add(new Span(alphabet.decode(ids[s / 2]), goesOn ? spans.removeLast().from() : t, t + 1));
        }
        return new ForcedAlignment(List.copyOf(spans), score);
    }

    /** Frames that a text needs at least: one for each symbol, and a blank between equal ones. */
    public static int leastFrames(long[] ids) {
        int frames = ids.length;
        for (int i = 1; i < ids.length; i++) if (ids[i] == ids[i - 1]) frames++;
        return frames;
    }

    /** The state of each frame: an even one is a blank, s is symbol s / 2. */
    private static int[] way(float[][] rows, long[] ids) {
        int count = 2 * ids.length + 1;
        var from = new int[rows.length][count];
        var best = new double[count];
        Arrays.fill(best, Double.NEGATIVE_INFINITY);
        best[0] = rows[0][0];
        best[1] = rows[0][(int) ids[0]];
        for (int t = 1; t < rows.length; t++) {
            var next = new double[count];
            for (int s = 0; s < count; s++) {
                int chosen = s;
                if (s >= 1 && best[s - 1] > best[chosen]) chosen = s - 1;
                boolean mayLeap = s % 2 == 1 && s >= 3 && ids[s / 2] != ids[s / 2 - 1];
                if (mayLeap && best[s - 2] > best[chosen]) chosen = s - 2;
                from[t][s] = chosen;
                next[s] = best[chosen] + rows[t][s % 2 == 0 ? 0 : (int) ids[s / 2]];
            }
            best = next;
        }
        var states = new int[rows.length];
        int state = best[count - 1] >= best[count - 2] ? count - 1 : count - 2;
        for (int t = rows.length - 1; t >= 0; t--) {
            states[t] = state;
            state = from[t][state];
        }
        return states;
    }

    /** The words, each from its first symbol to its last. */
    public List<Span> words() {
        var words = new ArrayList<Span>();
        boolean inside = false;
        for (var span : spans) {
            if (span.text().equals(" ")) {
                inside = false;
                continue;
            }
            var before = inside ? words.removeLast() : new Span("", span.from(), span.to());
            words.add(new Span(before.text() + span.text(), before.from(), span.to()));
            inside = true;
        }
        return List.copyOf(words);
    }
}
