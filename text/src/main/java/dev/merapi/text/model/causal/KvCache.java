package dev.merapi.text.model.causal;

import dev.merapi.nn.KeysValues;
import dev.merapi.nn.Mask;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The keys and values of the tokens read so far, so that each is computed once. All memory is taken at the start and
 * lives until {@link #close}.
 *
 * <p>Sequences of different lengths are filled up at their beginning, so that all end in the same column. B batch, G
 * heads of keys, S columns read, T columns being read, D head size.
 */
public final class KvCache implements AutoCloseable {
    private final List<Tensor> keys = new ArrayList<>(); // of each layer (B, G, capacity, D)
    private final List<Tensor> values = new ArrayList<>();
    private Tensor starts; // (B, 1): the column of each sequence's first token; null if all begin at 0
    private long length;

    /**
     * @param capacity most columns
     * @param starts the column in which each sequence's first token stands
     */
    public KvCache(int layers, int heads, int headSize, int capacity, long[] starts, DType type, Device device) {
        for (int i = 0; i < layers; i++) {
            keys.add(empty(type, device, starts.length, heads, capacity, headSize));
            values.add(empty(type, device, starts.length, heads, capacity, headSize));
        }
        if (Arrays.stream(starts).anyMatch(start -> start > 0)) this.starts = column(starts, device);
    }

    private static Tensor column(long[] values, Device device) {
        return Tensor.of(values, values.length, 1).to(device).owned();
    }

    private static Tensor empty(DType type, Device device, long... shape) {
        return Tensor.empty(device, type, shape).owned();
    }

    private Tensor arange(long from, long to) { return keys.getFirst().newArange(from, to, 1); }

    /** Number of columns S read. */
    public long length() { return length; }

    /** The keys and values (B, G, T, D) of the next columns, behind those in the cache if there is one. */
    public static KeysValues append(KvCache cache, int layer, Tensor k, Tensor v) {
        return cache == null ? new KeysValues(k, v) : cache.append(layer, k, v);
    }

    /**
     * Stores the keys and values (B, G, T, D) of the next columns in a layer; {@link #advance} follows the last.
     *
     * @return all of the layer, (B, G, S + T, D), as views of the cache
     */
    public KeysValues append(int layer, Tensor k, Tensor v) {
        long steps = k.size(2);
        long capacity = keys.get(layer).size(2);
        if (length + steps > capacity) {
            throw new IllegalStateException("KvCache: expected at most " + capacity + " tokens, as was said at the"
                    + " beginning. Received " + (length + steps));
        }
        return new KeysValues(put(keys.get(layer), k), put(values.get(layer), v));
    }

    private Tensor put(Tensor cache, Tensor next) {
        cache.narrow(2, length, next.size(2)).copy_(next);
        return cache.narrow(2, 0, length + next.size(2));
    }

    /** The next {@code steps} columns are in all layers. */
    public void advance(long steps) { length += steps; }

    /** Positions of the next columns in their sequences, int64: (T), or (B, T) where sequences begin apart. */
    public Tensor positions(long steps) {
        Tensor columns = arange(length, length + steps);
        return starts == null ? columns : columns.sub(starts).clamp(0, null);
    }

    /**
     * What the next columns must not see: what follows them, fill, and what is further back than a window.
     *
     * @param window how many tokens are seen, the reading one among them; 0 for all
     */
    public Mask mask(long steps, int window) {
        long total = length + steps;
        boolean isWindowed = window > 0 && total > window;
        Mask mask = Mask.causal();
        if (starts == null && !isWindowed) return mask;
        Tensor columns = arange(0, total);
        if (starts != null) mask = mask.and(Mask.padding(columns.lt(starts)));
        if (isWindowed) {
            Tensor oldest = arange(length - window + 1, total - window + 1); // of each reader
            mask = mask.and(Mask.hidden(columns.unsqueeze(0).lt(oldest.unsqueeze(1))));
        }
        return mask;
    }

    /** Moves sequences to begin at other columns: what stands before is not seen any more. */
    void begin(long[] columns) {
        if (starts != null) starts.close();
        starts = column(columns, keys.getFirst().device());
    }

    /** Makes room by the oldest columns, in which no sequence has begun; {@link #begin} follows. */
    void drop(long columns) {
        length -= columns;
        for (var layers : List.of(keys, values)) {
            layers.replaceAll(cache -> {
                Tensor moved = empty(cache.dtype(), cache.device(), cache.shape());
                moved.narrow(2, 0, length).copy_(cache.narrow(2, columns, length));
                return replaced(cache, moved);
            });
        }
    }

    /** Puts a sequence of another cache, all of it, in place of the newest columns of one here. */
    void put(int row, KvCache other, int otherRow) {
        for (int i = 0; i < keys.size(); i++) {
            put(row, keys.get(i), otherRow, other.keys.get(i), other.length);
            put(row, values.get(i), otherRow, other.values.get(i), other.length);
        }
    }

    private void put(int row, Tensor cache, int otherRow, Tensor other, long count) {
        cache.select(0, row).narrow(1, length - count, count).copy_(other.select(0, otherRow).narrow(1, 0, count));
    }

    /** Goes on with these of the sequences: rows (B'), int64. */
    public void select(Tensor rows) {
        keys.replaceAll(cache -> selected(cache, rows));
        values.replaceAll(cache -> selected(cache, rows));
        if (starts != null) starts = replaced(starts, starts.indexSelect(0, rows));
    }

    private Tensor selected(Tensor cache, Tensor rows) {
        Tensor chosen = empty(cache.dtype(), cache.device(), rows.numel(), cache.size(1), cache.size(2),
                cache.size(3));
        chosen.narrow(2, 0, length).copy_(cache.narrow(2, 0, length).indexSelect(0, rows));
        return replaced(cache, chosen);
    }

    private static Tensor replaced(Tensor old, Tensor by) {
        old.close();
        return by.owned();
    }

    @Override public void close() {
        keys.forEach(Tensor::close);
        values.forEach(Tensor::close);
        if (starts != null) starts.close();
    }
}
