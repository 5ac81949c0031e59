package dev.merapi.text.generate;

import dev.merapi.tensor.Tensor;
import dev.merapi.text.generate.RaggedDecoding.Piece;
import dev.merapi.text.generate.RaggedDecoding.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Guesses for the texts of a batch by a {@link DraftModel}, which reads them together as the batch does: a guess of
 * each text is one pass. It has memory of its own; who finds no room there, or whose text it has not read yet, gets no
 * guesses.
 */
final class Drafts implements AutoCloseable {
    /**
     * A text that wants guesses.
     *
     * @param whose the same in each step
     * @param ids all its tokens
     * @param most guesses, from 1
     */
    record Wanted(Object whose, long[] ids, int most) {}

    /** What the draft has read of a text. */
    private static final class Line {
        private final Row row;
        private long[] ids;

        Line(Row row, long[] ids) {
            this.row = row;
            this.ids = ids;
        }

        /** Keeps what is of a text, but for its last token, which is read again for its logits. */
        void keep(long[] text) {
            int mismatch = Arrays.mismatch(ids, text);
            int same = Math.min(mismatch < 0 ? ids.length : mismatch, text.length - 1);
            row.forget(ids.length - same);
            ids = Arrays.copyOf(ids, same);
        }

        Piece reads(int wanted, int guessed, long... more) {
            int before = ids.length;
            ids = Arrays.copyOf(ids, before + more.length);
            System.arraycopy(more, 0, ids, before, more.length);
            return new Piece(row, more, wanted, guessed);
        }
    }

    /** A text that is read as a whole, and its guesses so far. */
    private static final class Turn {
        private final Line line;
        private final long[] guesses;
        private int count;

        Turn(Line line, int most) {
            this.line = line;
            guesses = new long[most];
        }

        void add(long guess) { guesses[count++] = guess; }

        long[] guesses() { return Arrays.copyOf(guesses, count); }
    }

    private final DraftModel draft;
    private final RaggedDecoding decoding;
    private final int chunk;
    private final Map<Object, Line> lines = new IdentityHashMap<>();

    Drafts(DraftModel draft, ContinuousBatch.Limits limits) {
        this.draft = draft;
        decoding = draft.model().together(new RaggedDecoding.Memory(limits.memory().bytes(), limits.memory().type()));
        chunk = limits.chunk();
    }

    /** Guesses for each; none where there is no room, or some of the text is still to be read. */
    List<long[]> guess(List<Wanted> wanted) {
        var turns = new ArrayList<Turn>(); // of each; null for none
        var pieces = new ArrayList<Piece>();
        int left = chunk;
        for (var one : wanted) {
            var line = line(one);
            int unread = line == null ? 0 : one.ids.length - line.ids.length, now = Math.min(unread, left);
            boolean fits = now > 0 && decoding.hasRoom(line.row, now);
            boolean whole = fits && now == unread;
            turns.add(whole ? new Turn(line, Math.min(one.most, room(one) + 1)) : null);
            if (!fits) continue;
            left -= now;
            pieces.add(line.reads(whole ? 1 : 0, 0, Arrays.copyOfRange(one.ids, line.ids.length, line.ids.length
                    + now)));
        }
        if (!pieces.isEmpty()) go(turns.stream().filter(Objects::nonNull).toList(), decoding.read(pieces));
        return turns.stream().map(turn -> turn == null ? new long[0] : turn.guesses()).toList();
    }

    /** @param first logits (N, V) of the first guesses */
    private void go(List<Turn> turns, Tensor first) {
        Tensor logits = first;
        for (var live = turns; !live.isEmpty();) {
            long[] next = draft.likeliest(logits).toLongs();
            var pieces = new ArrayList<Piece>();
            var more = new ArrayList<Turn>();
            for (int i = 0; i < next.length; i++) {
                var turn = live.get(i);
                turn.add(next[i]);
                if (turn.count == turn.guesses.length || !decoding.hasRoom(turn.line.row, 1)) continue;
                pieces.add(turn.line.reads(1, 1, next[i]));
                more.add(turn);
            }
            live = more;
            if (!live.isEmpty()) logits = decoding.read(pieces);
        }
    }

    /** Tokens that the draft's context has room for behind a text. */
    private int room(Wanted one) { return draft.model().room() - one.ids.length; }

    /** What is read of a text, and still holds; null if there is no room for it. */
    private Line line(Wanted one) {
        if (room(one) < 0) {
            leave(one.whose);
            return null;
        }
        var line = lines.get(one.whose);
        if (line != null) {
            line.keep(one.ids);
            return line;
        }
        var row = decoding.open(one.ids, one.most);
        if (row == null) return null;
        line = new Line(row, Arrays.copyOf(one.ids, row.length()));
        lines.put(one.whose, line);
        return line;
    }

    /** Frees what is remembered of a text; nothing if there is none. */
    void leave(Object whose) {
        var line = lines.remove(whose);
        if (line != null) line.row.close();
    }

    @Override public void close() { decoding.close(); }
}
