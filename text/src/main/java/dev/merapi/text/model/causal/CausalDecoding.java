package dev.merapi.text.model.causal;

import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Decoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Goes on with prompts. A row that has filled the model's context forgets its older half: it leaves the cache, its
 * newer half is read again from the beginning, and joins it. Its neighbours keep what they have.
 */
final class CausalDecoding implements Decoding {
    /** What was read of some rows: their keys and values, and the logits (B, V) of what comes next, owned. */
    private record Reading(KvCache cache, Tensor logits) {}

    private final CausalLm model;
    private final KvCache.Kind kind;
    private final int newTokens;
    private final Guard evaluating;
    private final List<long[]> texts; // the tokens that each row has read
    private KvCache cache;
    private Tensor logits;

    /** @param evaluating ends with this */
    CausalDecoding(CausalLm model, List<long[]> prompts, int newTokens, KvCache.Kind kind, Guard evaluating) {
        this.model = model;
        this.kind = kind;
        this.newTokens = newTokens;
        this.evaluating = evaluating;
        this.texts = new ArrayList<>(prompts);
        use(begin(prompts));
    }

    private void use(Reading reading) {
        cache = reading.cache;
        logits = reading.logits;
    }

    /** Fills shorter rows up at their beginning. */
    private Reading begin(List<long[]> rows) {
        int longest = rows.stream().mapToInt(ids -> ids.length).max().orElseThrow();
        var starts = new long[rows.size()];
        var filled = new long[rows.size() * longest]; // by 0, which no token sees
        for (int i = 0; i < starts.length; i++) {
            long[] ids = rows.get(i);
            starts[i] = longest - ids.length;
            System.arraycopy(ids, 0, filled, i * longest + (int) starts[i], ids.length);
        }
        int capacity = (int) Math.min(model.context(), longest + (long) newTokens);
        var empty = kind.open(model.keptShape(), starts, capacity);
        try {
            return new Reading(empty, next(Tensor.of(filled, starts.length, longest), empty));
        } catch (RuntimeException e) {
            empty.close();
            throw e;
        }
    }

    /** Operators cost less in {@link Torch#inference}, but the logits are given away, for any use. */
    private Tensor next(Tensor ids, KvCache cache) {
        Tensor last;
        try (var _ = Torch.inference()) {
            last = model.decoded(ids.to(model.device()), cache).select(1, -1);
        }
        return model.logits(last).owned();
    }

    @Override public Tensor logits() { return logits; }

    @Override public void read(Tensor ids) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            long[] now = ids.toLongs();
            if (now.length != texts.size()) {
                throw new IllegalArgumentException(model.getClass().getSimpleName() + ": expected a token for each of "
                        + texts.size() + " rows. Received " + now.length + ".");
            }
            for (int row = 0; row < now.length; row++) texts.set(row, appended(texts.get(row), now[row]));
            int[] full = rows(true);
            if (full.length == 0) replaceLogits(next(ids.unsqueeze(1), cache));
            else readAgain(full, rows(false), ids);
        }
    }

    @Override public int room() {
        return texts.size() > 1 || !cache.back(0) ? 0 : model.context() - texts.getFirst().length;
    }

    @Override public Tensor readAll(long... ids) {
        if (ids.length == 0 || ids.length > room()) return Decoding.super.readAll(ids); // refuses
        Tensor all;
        try (var _ = Torch.inference()) {
            all = model.decoded(Tensor.of(ids, 1, ids.length).to(model.device()), cache); // (1, T, E)
        }
        Tensor logits = model.logits(all.select(0, 0));
        for (long id : ids) texts.set(0, appended(texts.getFirst(), id));
        replaceLogits(logits.narrow(0, ids.length - 1, 1).copy().owned());
        return logits;
    }

    @Override public boolean forget(int tokens) {
        long[] text = texts.getFirst();
        if (texts.size() > 1 || tokens >= text.length || !cache.back(tokens)) return false;
        texts.set(0, Arrays.copyOf(text, text.length - tokens));
        return true;
    }

    private static long[] appended(long[] ids, long id) {
        long[] longer = Arrays.copyOf(ids, ids.length + 1);
        longer[ids.length] = id;
        return longer;
    }

    /** Those that have more tokens than the context, or the others. */
    private int[] rows(boolean full) {
        return IntStream.range(0, texts.size()).filter(row -> texts.get(row).length > model.context() == full)
                .toArray();
    }

    private void readAgain(int[] full, int[] others, Tensor ids) {
        for (int row : full) texts.set(row, newerHalf(texts.get(row)));
        var again = begin(IntStream.of(full).mapToObj(texts::get).toList());
        if (others.length == 0) {
            logits.close();
            cache.close();
            use(again);
            return;
        }
        long[] left = IntStream.of(others).asLongStream().toArray();
        cache.select(left);
        replaceLogits(next(ids.indexSelect(0, Tensor.of(left).to(ids.device())).unsqueeze(1), cache));
        join(again);
        int[] now = IntStream.concat(IntStream.of(others), IntStream.of(full)).toArray(); // which row stands where
        var places = new long[now.length];
        for (int place = 0; place < now.length; place++) places[now[place]] = place;
        choose(places);
    }

    /** With the token that found no place. */
    private long[] newerHalf(long[] ids) {
        return Arrays.copyOfRange(ids, ids.length - (model.context() / 2 + 1), ids.length);
    }

    private void join(Reading more) {
        cache.join(more.cache);
        Tensor all = Tensor.cat(List.of(logits, more.logits), 0).owned();
        more.logits.close();
        replaceLogits(all);
    }

    @Override public void add(List<long[]> prompts) {
        model.checkPrompts(prompts);
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            join(begin(prompts));
            texts.addAll(prompts);
        }
    }

    @Override public void select(Tensor rows) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            long[] chosen = rows.toLongs();
            choose(chosen);
            var left = LongStream.of(chosen).mapToObj(row -> texts.get((int) row)).toList();
            texts.clear();
            texts.addAll(left);
        }
    }

    private void choose(long[] rows) {
        cache.select(rows);
        replaceLogits(logits.indexSelect(0, Tensor.of(rows).to(logits.device())).owned());
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
