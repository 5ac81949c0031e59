package dev.merapi.text.model.causal;

import dev.merapi.nn.Mask;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Where the tokens of a cache's rows stand. Rows of different lengths begin in different columns, so that all end in
 * the same one: distances between tokens are distances between columns, and the next token is one column for all. The
 * longest row begins in column 0.
 *
 * <p>B rows, S columns read, T columns being read.
 */
public final class KvColumns implements AutoCloseable {
    private final Device device;
    private long[] starts; // the column of each row's first token
    private Tensor apart; // the same (B, 1), owned; null where all begin in column 0: nothing is to be masked
    private long length;

    /** @param starts the column of each row's first token */
    public KvColumns(long[] starts, Device device) {
        this.device = device;
        begin(starts);
    }

    private void begin(long[] starts) {
        close();
        this.starts = starts;
        boolean together = Arrays.stream(starts).allMatch(start -> start == 0);
        apart = together ? null : Tensor.of(starts, starts.length, 1).to(device).owned();
    }

    /** Number of rows B. */
    public int rows() { return starts.length; }

    /** Number of columns S read: the tokens of the longest row. */
    public long length() { return length; }

    /** The tokens of a row. */
    public long length(int row) { return Math.max(0, length - starts[row]); }

    /** The column of a row's first token. */
    public long start(int row) { return starts[row]; }

    /** The next {@code steps} columns were read. */
    public void advance(long steps) { length += steps; }

    /** The last {@code steps} columns are to be read anew. */
    public void back(long steps) { length -= steps; }

    /** Positions of the next columns in their rows, int64: (T), or (B, T) where rows begin apart. */
    public Tensor positions(long steps) {
        Tensor columns = Tensor.arange(length, length + steps, 1).to(device);
        return apart == null ? columns : columns.sub(apart).clamp(0, null);
    }

    /** What the next columns must not see; see {@link KvCache#mask}. */
    public Mask mask(long steps, int window) {
        long total = length + steps;
        boolean isWindowed = window > 0 && total > window;
        Mask mask = Mask.causal();
        if (apart == null && !isWindowed) return mask;
        Tensor columns = Tensor.arange(total).to(device);
        if (apart != null) mask = mask.and(Mask.padding(columns.lt(apart)));
        if (isWindowed) {
            Tensor oldest = Tensor.arange(length - window + 1, total - window + 1, 1).to(device); // of each reader
            mask = mask.and(Mask.hidden(columns.unsqueeze(0).lt(oldest.unsqueeze(1))));
        }
        return mask;
    }

    /**
     * Goes on with these of the rows.
     *
     * @return how many of the first columns are left out, for no row that stays has a token there
     */
    public long select(long... rows) {
        long[] chosen = LongStream.of(rows).map(row -> starts[(int) row]).toArray();
        long unused = Math.min(length, Arrays.stream(chosen).min().orElse(length));
        length -= unused;
        begin(Arrays.stream(chosen).map(start -> start - unused).toArray());
        return unused;
    }

    /** Puts the rows of others behind these: those with fewer columns move to end where the others do. */
    public void join(KvColumns others) {
        long all = Math.max(length, others.length);
        long here = all - length, there = all - others.length;
        length = all;
        begin(LongStream.concat(Arrays.stream(starts).map(start -> start + here),
                Arrays.stream(others.starts).map(start -> start + there)).toArray());
    }

    @Override public void close() {
        if (apart != null) apart.close();
    }
}
