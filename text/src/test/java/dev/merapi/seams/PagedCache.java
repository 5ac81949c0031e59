package dev.merapi.seams;

import dev.merapi.nn.KeysValues;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.causal.KvCache;
import dev.merapi.text.model.causal.KvColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Keys and values in pages, as Kwon et al. 2023, arXiv:2309.06180: a row takes one from the pool of all when it has
 * filled its last, and gives them back when it leaves. Rows that join or leave move no memory.
 */
final class PagedCache implements KvCache {
    private final Pool pool;
    private final KvColumns columns;
    private final List<List<Integer>> tables = new ArrayList<>(); // the pages of each row

    PagedCache(Pool pool, Shape shape, long[] starts) {
        this.pool = pool;
        columns = new KvColumns(starts, shape.device());
        for (int row = 0; row < starts.length; row++) tables.add(new ArrayList<>());
    }

    @Override public KvColumns columns() { return columns; }

    @Override public KeysValues append(int layer, Tensor k, Tensor v) {
        long end = columns.length() + k.size(2);
        for (int row = 0; row < tables.size(); row++) {
            while (tables.get(row).size() * Pool.PAGE < end - columns.start(row)) tables.get(row).add(pool.take());
        }
        long[] now = slots(columns.length(), end), all = slots(0, end);
        return new KeysValues(pool.keys.get(layer).put(k, now).get(all, tables.size()),
                pool.values.get(layer).put(v, now).get(all, tables.size()));
    }

    /** Where each row's columns are (B · S); slot 0, which stays zero, for fill. */
    private long[] slots(long from, long to) {
        return IntStream.range(0, tables.size()).boxed()
                .flatMapToLong(row -> LongStream.range(from, to).map(column -> slot(row, column - columns.start(row))))
                .toArray();
    }

    private long slot(int row, long token) {
        return token < 0 ? 0 : tables.get(row).get((int) token / Pool.PAGE) * Pool.PAGE + token % Pool.PAGE;
    }

    @Override public void join(KvCache other) {
        var more = (PagedCache) other;
        tables.addAll(more.tables);
        more.tables.clear();
        columns.join(more.columns);
        more.close();
    }

    @Override public void select(long... rows) {
        var before = List.copyOf(tables);
        tables.clear();
        for (long row : rows) {
            var table = before.get((int) row);
            boolean again = tables.stream().anyMatch(other -> other == table);
            tables.add(again ? new ArrayList<>(table.stream().map(pool::copy).toList()) : table);
        }
        before.stream().filter(table -> tables.stream().noneMatch(other -> other == table)).forEach(pool::giveBack);
        columns.select(rows);
    }

    @Override public void close() {
        tables.forEach(pool::giveBack);
        tables.clear();
        columns.close();
    }

    /** The pages of all caches of one model. */
    static final class Pool implements KvCache.Kind, AutoCloseable {
        static final int PAGE = 4; // tokens
        private final int pages;
        private final List<Integer> free;
        private final List<Slots> keys = new ArrayList<>(); // of each layer
        private final List<Slots> values = new ArrayList<>();

        Pool(int pages) {
            this.pages = pages;
            free = new ArrayList<>(IntStream.rangeClosed(1, pages).boxed().toList()); // page 0 is for fill
        }

        @Override public KvCache open(Shape shape, long[] starts, int capacity) {
            while (keys.size() < shape.layers()) {
                keys.add(new Slots(Tensor.zeros((pages + 1) * PAGE, shape.heads(), shape.headSize()).owned()));
                values.add(new Slots(Tensor.zeros((pages + 1) * PAGE, shape.heads(), shape.headSize()).owned()));
            }
            return new PagedCache(this, shape, starts);
        }

        int used() { return pages - free.size(); }

        private int take() {
            if (free.isEmpty()) throw new IllegalStateException("Pool: expected at most " + pages + " pages.");
            return free.removeLast();
        }

        private void giveBack(List<Integer> table) { free.addAll(table); }

        private int copy(int page) {
            int copy = take();
            keys.forEach(slots -> slots.copy(page, copy));
            values.forEach(slots -> slots.copy(page, copy));
            return copy;
        }

        @Override public void close() {
            keys.forEach(slots -> slots.all.close());
            values.forEach(slots -> slots.all.close());
        }
    }

    /** The keys or the values of a layer: (slots, G, D). */
    private record Slots(Tensor all) {
        /** The columns (B, G, T, D) of all rows into slots (B · T), except fill. */
        Slots put(Tensor columns, long[] slots) {
            long[] tokens = LongStream.range(0, slots.length).filter(i -> slots[(int) i] > 0).toArray();
            long[] places = Arrays.stream(tokens).map(i -> slots[(int) i]).toArray();
            Tensor all = columns.transpose(1, 2).flatten(0, 1); // (B · T, G, D)
            Tensor.call("index_copy_", "", this.all, 0, Tensor.of(places), all.indexSelect(0, Tensor.of(tokens)));
            return this;
        }

        /** From slots (B · S): (B, G, S, D). */
        Tensor get(long[] slots, int rows) {
            return all.indexSelect(0, Tensor.of(slots)).unflatten(0, rows, -1).transpose(1, 2);
        }

        void copy(int from, int to) {
            all.narrow(0, to * Pool.PAGE, Pool.PAGE).copy_(all.narrow(0, from * Pool.PAGE, Pool.PAGE));
        }
    }
}
