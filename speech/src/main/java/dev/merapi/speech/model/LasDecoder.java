package dev.merapi.speech.model;

import dev.merapi.speech.data.Alphabet;
import dev.merapi.speech.decode.Hypothesis;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Writes what {@link ListenAttendSpell} heard, symbol by symbol, until it writes the end or more symbols than a second
 * of sound could hold.
 */
public final class LasDecoder {
    private static final int MORE = 10; // symbols beyond one for each frame

    private final ListenAttendSpell model;
    private final Alphabet alphabet;
    private final int beam;

    /**
     * @param beam texts that are followed at once; 1 is greedy
     * @throws IllegalArgumentException for a beam below 1
     */
    public LasDecoder(ListenAttendSpell model, Alphabet alphabet, int beam) {
        Expect.atLeast("LasDecoder.beam", 1, beam);
        this.model = model;
        this.alphabet = alphabet;
        this.beam = beam;
    }

    /** The most probable symbol at each step, of all recordings together. */
    public List<Hypothesis> greedy(ListenAttendSpell.Heard heard) {
        int count = (int) heard.h().size(0);
        long[] limits = Arrays.stream(heard.lengths().toLongs()).map(n -> n + MORE).toArray();
        var ids = IntStream.range(0, count).mapToObj(_ -> new ArrayList<Long>()).toList();
        var scores = new double[count];
        var over = new boolean[count];
        var at = model.begin(heard);
        Tensor before = heard.lengths().newZeros(count);
        for (int s = 0; !all(over); s++) {
            at = model.step(before, at, heard);
            var best = model.scores(at).logSoftmax(1).max(1, false);
            before = best.indices();
            long[] written = before.toLongs();
            float[] logs = best.values().toFloats();
            for (int i = 0; i < count; i++) {
                if (over[i]) continue;
                scores[i] += logs[i];
                over[i] = written[i] == 0 || s >= limits[i];
                if (written[i] != 0) ids.get(i).add(written[i]);
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

    private record Beam(List<Long> ids, double score, int row) {}

    /**
     * The best texts of one recording, best first by their mean logarithm a symbol: else the shortest would win.
     *
     * @param heard of one recording
     */
    public List<Hypothesis> search(ListenAttendSpell.Heard heard) {
        Expect.that(heard.h().size(0) == 1, "LasDecoder.search", "one recording", heard.h().size(0));
        var done = new ArrayList<Hypothesis>();
        var beams = List.of(new Beam(List.of(), 0, 0));
        var at = model.begin(heard);
        long limit = heard.lengths().toLongs()[0] + MORE;
        for (int s = 0; s <= limit && !beams.isEmpty() && done.size() < beam; s++) {
            long[] before = beams.stream().mapToLong(b -> b.ids().isEmpty() ? 0 : b.ids().getLast()).toArray();
            var many = repeated(heard, beams.size());
            at = model.step(Tensor.of(before).to(heard.h().device()), at, many);
            beams = next(beams, model.scores(at).logSoftmax(1), done);
            if (beams.isEmpty()) break;
            at = chosen(at, beams, heard.h());
        }
        beams.forEach(b -> done.add(hypothesis(b.ids(), b.score())));
        return done.stream().sorted(Comparator.comparingDouble((Hypothesis h) -> -h.score())).limit(beam).toList();
    }

    private List<Beam> next(List<Beam> beams, Tensor logs, List<Hypothesis> done) {
        int classes = (int) logs.size(1);
        float[] values = logs.toFloats();
        var longer = new ArrayList<Beam>();
        for (int row = 0; row < beams.size(); row++) {
            for (int c = 0; c < classes; c++) {
                var ids = new ArrayList<>(beams.get(row).ids());
                ids.add((long) c);
                longer.add(new Beam(ids, beams.get(row).score() + values[row * classes + c], row));
            }
        }
        longer.sort(Comparator.comparingDouble((Beam b) -> -b.score()));
        var kept = new ArrayList<Beam>();
        for (var b : longer.subList(0, Math.min(beam, longer.size()))) {
            if (b.ids().getLast() != 0) kept.add(b);
            else done.add(hypothesis(b.ids().subList(0, b.ids().size() - 1), b.score()));
        }
        return kept;
    }

    private static ListenAttendSpell.Heard repeated(ListenAttendSpell.Heard heard, int times) {
        return new ListenAttendSpell.Heard(heard.h().repeat(times, 1, 1), heard.lengths().repeat(times),
                heard.keys().repeat(times, 1, 1));
    }

    private static ListenAttendSpell.Spelling chosen(ListenAttendSpell.Spelling at, List<Beam> beams, Tensor like) {
        Tensor rows = Tensor.of(beams.stream().mapToLong(Beam::row).toArray()).to(like.device());
        return new ListenAttendSpell.Spelling(at.h().indexSelect(0, rows), at.c().indexSelect(0, rows),
                at.attention().indexSelect(0, rows), at.context().indexSelect(0, rows));
    }
}
