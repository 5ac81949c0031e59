package dev.merapi.text.model.causal;

import dev.merapi.nn.KeysValues;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One block of memory for the keys of a layer and one for its values, of which {@link #append} gives views: nothing is
 * copied while rows go on together. All memory is taken at the start, and more where that is not enough; rows that join
 * or leave cost a copy of what stays.
 */
public final class DenseCache implements KvCache {
    private final KvColumns columns;
    private final Device device;
    private final List<Block> keys; // of each layer
    private final List<Block> values;

    /** As {@link KvCache.Kind#open}. */
    public DenseCache(Shape shape, long[] starts, int capacity) {
        device = shape.device();
        columns = new KvColumns(starts, device);
        keys = blocks(shape, starts.length, capacity);
        values = blocks(shape, starts.length, capacity);
    }

    private static List<Block> blocks(Shape shape, int rows, int capacity) {
        return Stream.generate(() -> new Block(Tensor.empty(shape.device(), shape.type(), rows, shape.heads(),
                capacity, shape.headSize()))).limit(shape.layers()).toList();
    }

    @Override public KvColumns columns() { return columns; }

    @Override public KeysValues append(int layer, Tensor k, Tensor v) {
        return new KeysValues(keys.get(layer).append(k, length()), values.get(layer).append(v, length()));
    }

    @Override public boolean back(long steps) {
        columns.back(steps);
        return true;
    }

    @Override public void join(KvCache other) {
        if (!(other instanceof DenseCache more)) {
            throw new IllegalArgumentException("DenseCache: expected rows of another DenseCache. Received those of a "
                    + other.getClass().getSimpleName());
        }
        for (var pair : List.of(List.of(keys, more.keys), List.of(values, more.values))) {
            IntStream.range(0, keys.size()).forEach(layer ->
                    pair.get(0).get(layer).join(length(), pair.get(1).get(layer), more.length()));
        }
        columns.join(more.columns);
        more.close();
    }

    @Override public void select(long... rows) {
        long before = length();
        long unused = columns.select(rows);
        Tensor chosen = Tensor.of(rows).to(device);
        Stream.of(keys, values).flatMap(List::stream).forEach(block -> block.select(chosen, unused, before));
    }

    @Override public void close() {
        Stream.of(keys, values).flatMap(List::stream).forEach(block -> block.all.close());
        columns.close();
    }

    /** The keys or the values of a layer. */
    private static final class Block {
        private Tensor all; // (B, G, capacity, D), owned

        Block(Tensor all) { this.all = all.owned(); }

        /** Puts the next columns (B, G, T, D) behind the first ones, and views all of them. */
        Tensor append(Tensor next, long length) {
            long total = length + next.size(2);
            if (total > all.size(2)) replace(copied(all.size(0), total + total / 2, all.narrow(2, 0, length), 0));
            all.narrow(2, length, next.size(2)).copy_(next);
            return all.narrow(2, 0, total);
        }

        void join(long length, Block other, long otherLength) {
            long total = Math.max(length, otherLength), rows = all.size(0);
            Tensor joined = copied(rows + other.all.size(0), Math.max(all.size(2), other.all.size(2)),
                    all.narrow(2, 0, length), total - length);
            put(joined.narrow(0, rows, other.all.size(0)), other.all.narrow(2, 0, otherLength), total - otherLength);
            replace(joined);
        }

        void select(Tensor rows, long from, long to) {
            replace(copied(rows.numel(), all.size(2), all.narrow(2, from, to - from).indexSelect(0, rows), 0));
        }

        /** Of so many rows and columns; the columns of the first rows stand behind {@code fill} empty ones. */
        private Tensor copied(long rows, long capacity, Tensor first, long fill) {
            Tensor moved = Tensor.empty(all.device(), all.dtype(), rows, all.size(1), capacity, all.size(3));
            put(moved.narrow(0, 0, first.size(0)), first, fill);
            return moved;
        }

        /** Zeros, for what nobody sees is multiplied by 0, which must not be NaN. */
        private static void put(Tensor rows, Tensor columns, long fill) {
            rows.narrow(2, 0, fill).zero_();
            rows.narrow(2, fill, columns.size(2)).copy_(columns);
        }

        private void replace(Tensor by) {
            all.close();
            all = by.owned();
        }
    }
}
