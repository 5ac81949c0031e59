package dev.merapi.text.model.causal;

import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Decoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * Goes on with prompts. A sequence that has filled the model's context forgets its older half: the newer one is read
 * again from its beginning. Its neighbours in the batch keep what they have, for they may have read less.
 */
final class CausalDecoding implements Decoding {
    private final CausalLm model;
    private final int capacity;
    private final Guard evaluating;
    private final List<long[]> texts; // the tokens that each sequence has read
    private KvCache cache;
    private Tensor logits; // (B, V)

    /** @param evaluating ends with this */
    CausalDecoding(CausalLm model, List<long[]> prompts, int capacity, Guard evaluating) {
        this.model = model;
        this.capacity = capacity;
        this.evaluating = evaluating;
        this.texts = new ArrayList<>(prompts);
        logits = readAll(prompts);
    }

    /** Fills shorter sequences up at their beginning. */
    private Tensor readAll(List<long[]> sequences) {
        int longest = sequences.stream().mapToInt(ids -> ids.length).max().orElseThrow();
        var starts = new long[sequences.size()];
        var filled = new long[sequences.size() * longest]; // by 0, which no token sees
        for (int i = 0; i < starts.length; i++) {
            long[] ids = sequences.get(i);
            starts[i] = longest - ids.length;
            System.arraycopy(ids, 0, filled, i * longest + (int) starts[i], ids.length);
        }
        cache = model.cache(capacity, starts);
        try {
            return next(Tensor.of(filled, starts.length, longest));
        } catch (RuntimeException e) {
            cache.close();
            throw e;
        }
    }

    /** Operators cost less in {@link Torch#inference}, but the logits are given away, for any use. */
    private Tensor next(Tensor ids) {
        Tensor last;
        try (var _ = Torch.inference()) {
            last = model.hidden(ids.to(model.device()), cache).select(1, -1);
        }
        return model.logits(last).owned();
    }

    @Override public Tensor logits() { return logits; }

    @Override public void read(Tensor ids) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            long[] now = ids.toLongs();
            for (int i = 0; i < now.length; i++) texts.set(i, appended(texts.get(i), now[i]));
            int[] full = IntStream.range(0, now.length).filter(i -> texts.get(i).length > model.context()).toArray();
            for (int row : full) texts.set(row, newerHalf(texts.get(row)));
            replaceLogits(full.length == now.length ? readAgain() : next(ids.unsqueeze(1), full));
        }
    }

    private static long[] appended(long[] ids, long id) {
        long[] longer = Arrays.copyOf(ids, ids.length + 1);
        longer[ids.length] = id;
        return longer;
    }

    /** With the token that found no place. */
    private long[] newerHalf(long[] ids) {
        return Arrays.copyOfRange(ids, ids.length - (model.context() / 2 + 1), ids.length);
    }

    private Tensor readAgain() {
        cache.close();
        return readAll(texts);
    }

    /** Reads one more token of each sequence, but all of {@code full} ones, of which there is one token more. */
    private Tensor next(Tensor ids, int[] full) {
        if (cache.length() == capacity) {
            cache.drop(IntStream.range(0, texts.size()).mapToLong(this::start).min().orElseThrow());
            begin(this::start);
        }
        if (full.length == 0) return next(ids);
        begin(row -> contains(full, row) ? cache.length() : start(row));
        Tensor logits = next(ids); // of full sequences as if the token were their first, which is then put right
        try (var again = model.cache(texts.get(full[0]).length, new long[full.length])) {
            logits = put(full, again, logits);
        }
        begin(row -> cache.length() - texts.get(row).length);
        return logits;
    }

    private Tensor put(int[] full, KvCache again, Tensor logits) {
        long[] ids = IntStream.of(full).mapToObj(texts::get).flatMapToLong(Arrays::stream).toArray();
        Tensor last;
        try (var _ = Torch.inference()) {
            Tensor whole = Tensor.of(ids, full.length, ids.length / full.length);
            last = model.hidden(whole.to(model.device()), again).select(1, -1);
        }
        for (int i = 0; i < full.length; i++) cache.put(full[i], again, i);
        var order = new long[texts.size()];
        Arrays.setAll(order, row -> contains(full, row) ? texts.size() + Arrays.binarySearch(full, row) : row);
        Tensor all = Tensor.cat(List.of(logits, model.logits(last)), 0);
        logits.close();
        return all.indexSelect(0, Tensor.of(order).to(model.device())).owned();
    }

    /** The column of a sequence's first token, when its next one is in the cache. */
    private long start(int row) { return cache.length() + 1 - texts.get(row).length; }

    private void begin(IntToLongFunction start) {
        cache.begin(IntStream.range(0, texts.size()).mapToLong(start::applyAsLong).toArray());
    }

    private static boolean contains(int[] sorted, int value) { return Arrays.binarySearch(sorted, value) >= 0; }

    @Override public void select(Tensor rows) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor there = rows.to(model.device());
            cache.select(there);
            replaceLogits(logits.indexSelect(0, there).owned());
            var chosen = Arrays.stream(rows.toLongs()).mapToObj(row -> texts.get((int) row)).toList();
            texts.clear();
            texts.addAll(chosen);
        }
    }

    private void replaceLogits(Tensor next) {
        logits.close();
        logits = next;
    }

    @Override public void close() {
        logits.close();
        cache.close();
        evaluating.close();
    }
}
