package dev.merapi.text.model.causal;

import dev.merapi.nn.KeysValues;
import dev.merapi.nn.Mask;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.causal.KvMemory.Part;
import dev.merapi.text.model.causal.KvMemory.Stretch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The memory of several texts in one pass that reads a piece of each, one behind the other. Each piece attends to its
 * own memory; to memory that several share, they attend together, so that it is read once. What they saw of several
 * memories is put together by the sums of their exponents: Juravsky et al. 2024, arXiv:2402.05099 (Hydragen).
 *
 * <p>N tokens of all pieces, T of one, H heads, G groups of R heads, D head size.
 */
final class RaggedCache implements KvCache {
    /**
     * Tokens from one to another place among the N, of one text.
     *
     * @param shared memory of its beginning
     * @param own what follows there
     * @param owned tokens that are in its own memory
     */
    record Span(List<Part> shared, Stretch own, int owned, int from, int length) {
        /** Tokens before these. */
        int before() { return owned + shared.stream().mapToInt(Part::length).sum(); }

        /** As {@link StageStep#READ_PIECES} has it. */
        LongStream numbers() {
            return LongStream.concat(LongStream.of(own.number(), owned, length, shared.size()), shared.stream()
                    .flatMapToLong(part -> LongStream.of(part.memory().number(), part.from(), part.to())));
        }
    }

    /** What some tokens saw: (1, H, T, D), and the logarithm of their sum of exponents, (1, H, T). */
    private record Seen(Tensor values, Tensor sum) {}

    private final List<Span> spans;
    private final Map<Part, List<Span>> shared = new LinkedHashMap<>(); // who sees it
    private final Map<Part, Tensor> places = new LinkedHashMap<>(); // of their tokens
    private final Device device;
    private final StageSession session;

    /** @param session with the model's other stages; null for none */
    RaggedCache(List<Span> spans, Device device, StageSession session) {
        this.spans = spans;
        this.device = device;
        this.session = session;
        for (var span : spans) {
            span.shared.forEach(part -> shared.computeIfAbsent(part, _ -> new ArrayList<>()).add(span));
        }
        shared.forEach((part, all) -> places.put(part, Tensor.of(all.stream().flatMapToLong(span ->
                LongStream.range(span.from, span.from + span.length)).toArray()).to(device)));
    }

    @Override public KvColumns columns() { throw inLine(); }

    @Override public KeysValues append(int layer, Tensor k, Tensor v) { throw inLine(); }

    @Override public void join(KvCache other) { throw inLine(); }

    @Override public void select(long... rows) { throw inLine(); }

    private static UnsupportedOperationException inLine() {
        return new UnsupportedOperationException("RaggedCache: texts in line have no columns; attend to it");
    }

    @Override public long length() {
        return spans.stream().mapToLong(span -> span.before()).max().orElseThrow();
    }

    @Override public Tensor onward(Tensor x) {
        return session == null ? x : session.read(x, StageStep.READ_PIECES.with(spans.stream()
                .flatMapToLong(Span::numbers)));
    }

    @Override public long[] texts(long steps) { return spans.stream().mapToLong(Span::length).toArray(); }

    @Override public Tensor positions(long steps) {
        return Tensor.of(spans.stream().flatMapToLong(span -> LongStream.range(span.before(), span.before()
                + span.length)).toArray()).to(device);
    }

    /** Not looked at: who sees what follows from where the tokens stand. */
    @Override public Mask mask(long steps, int window) { return Mask.causal(); }

    @Override public void advance(long steps) { } // rows count what they have read

    @Override public void close() { } // the memory is the rows'

    @Override public Tensor attend(int layer, Tensor q, Tensor k, Tensor v, Sight sight) {
        for (var span : spans) {
            span.own.keep(layer, span.owned, k.narrow(2, span.from, span.length), v.narrow(2, span.from, span.length));
        }
        if (!device.equals(Device.CPU) || sight.cap() != null || slides(sight)) return each(layer, q, sight);
        var type = q.dtype();
        return fast(layer, q.to(DType.FLOAT32), k.to(DType.FLOAT32), v.to(DType.FLOAT32)).to(type);
    }

    /** Whether some token no longer sees the beginning of its text. */
    private boolean slides(Sight sight) {
        return sight.window() > 0 && spans.stream().anyMatch(span -> span.before() + span.length > sight.window());
    }

    /** The usual way: all that a text has remembered, put together, for each text by itself. */
    private Tensor each(int layer, Tensor q, Sight sight) {
        var all = new ArrayList<Tensor>();
        for (var span : spans) {
            long total = span.before() + span.length;
            Mask mask = Mask.causal();
            if (sight.window() > 0 && total > sight.window()) {
                Tensor columns = Tensor.arange(total).to(device);
                Tensor oldest = Tensor.arange(total - span.length - sight.window() + 1, total - sight.window() + 1, 1)
                        .to(device); // of each reader
                mask = mask.and(Mask.hidden(columns.unsqueeze(0).lt(oldest.unsqueeze(1))));
            }
            var seen = new KeysValues(whole(span, layer, true).to(q.dtype()), whole(span, layer, false).to(q.dtype()));
            all.add(new Sight(mask, sight.window(), sight.cap(), 0).attend(q.narrow(2, span.from, span.length), seen));
        }
        return Tensor.cat(all, 2);
    }

    private static Tensor whole(Span span, int layer, boolean keys) {
        var parts = new ArrayList<Tensor>();
        for (var part : span.shared) parts.add(part.memory().read(layer, keys, part.from(), part.length()));
        parts.add(span.own.read(layer, keys, 0, span.owned + span.length));
        return parts.size() == 1 ? parts.getFirst() : Tensor.cat(parts, 2);
    }

    private Tensor fast(int layer, Tensor q, Tensor k, Tensor v) {
        var own = spans.stream().map(span -> own(span, layer, q, k, v)).toList();
        Tensor values = own.size() == 1 ? own.getFirst().values : Tensor.cat(own.stream().map(Seen::values).toList(),
                2); // (1, H, N, D)
        if (shared.isEmpty()) return values;
        Tensor sums = Tensor.cat(own.stream().map(Seen::sum).toList(), 2);
        for (var part : shared.keySet()) {
            Tensor at = places.get(part);
            var seen = past(q.indexSelect(2, at), part.memory(), layer, part.from(), part.length());
            var both = both(new Seen(values.indexSelect(2, at), sums.indexSelect(2, at)), seen);
            values = Tensor.call("index_copy", "", values, 2, at, both.values);
            sums = Tensor.call("index_copy", "", sums, 2, at, both.sum);
        }
        return values;
    }

    /** What a piece sees of its own memory: the tokens before it, and those of its own. */
    private static Seen own(Span span, int layer, Tensor q, Tensor k, Tensor v) {
        Tensor these = q.narrow(2, span.from, span.length);
        int before = span.owned;
        if (span.length == 1) return past(these, span.own, layer, 0, before + 1);
        Tensor keys = k.narrow(2, span.from, span.length), values = v.narrow(2, span.from, span.length);
        long times = q.size(1) / k.size(1);
        var among = times == 1 ? kernel(these, keys, values, true)
                : kernel(these, keys.repeatInterleave(times, 1), values.repeatInterleave(times, 1), true);
        return before == 0 ? among : both(past(these, span.own, layer, 0, before), among);
    }

    /** Tokens that all stand before those that ask: (1, H, T, D), whose heads of a group are queries of one head. */
    private static Seen past(Tensor q, Stretch memory, int layer, int from, int length) {
        Tensor keys = memory.read(layer, true, from, length).to(DType.FLOAT32);
        Tensor values = memory.read(layer, false, from, length).to(DType.FLOAT32);
        long groups = keys.size(1), times = q.size(1) / groups, steps = q.size(2);
        if (times == 1) return kernel(q, keys, values, false);
        var seen = kernel(q.unflatten(1, groups, times).flatten(2, 3), keys, values, false); // (1, G, R · T, D)
        return new Seen(seen.values.unflatten(2, times, steps).flatten(1, 2),
                seen.sum.unflatten(2, times, steps).flatten(1, 2));
    }

    private static Seen kernel(Tensor q, Tensor k, Tensor v, boolean causal) {
        Tensor[] all = Tensor.callAll("_scaled_dot_product_flash_attention_for_cpu", "", q, k, v, 0.0, causal, null,
                null);
        return new Seen(all[0], all[1]);
    }

    private static Seen both(Seen a, Seen b) {
        Tensor sum = Tensor.call("logaddexp", "", a.sum, b.sum);
        Tensor x = a.values.mul(a.sum.sub(sum).exp().unsqueeze(-1));
        return new Seen(x.add(b.values.mul(b.sum.sub(sum).exp().unsqueeze(-1))), sum);
    }
}
