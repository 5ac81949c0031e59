package dev.merapi.text.model.causal;

import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Decoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Goes on with prompts. Where the model's context is full, the newer half of it is read again from its beginning. */
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
            replaceLogits(cache.length() < capacity ? next(ids.unsqueeze(1)) : readAgain());
        }
    }

    private static long[] appended(long[] ids, long id) {
        long[] longer = Arrays.copyOf(ids, ids.length + 1);
        longer[ids.length] = id;
        return longer;
    }

    private Tensor readAgain() {
        cache.close();
        int kept = capacity / 2 + 1; // with the token that found no place
        texts.replaceAll(ids -> Arrays.copyOfRange(ids, Math.max(0, ids.length - kept), ids.length));
        return readAll(texts);
    }

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
