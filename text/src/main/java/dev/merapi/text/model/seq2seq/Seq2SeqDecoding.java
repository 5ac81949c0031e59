package dev.merapi.text.model.seq2seq;

import dev.merapi.nn.KeysValues;
import dev.merapi.nn.Mask;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Decoding;
import dev.merapi.text.model.causal.KvCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Writes targets for sources that are read once, when their rows begin. */
final class Seq2SeqDecoding implements Decoding {
    private final EncoderDecoder model;
    private final KvCache.Kind kind;
    private final int capacity;
    private final KvCache cache;
    private final Guard evaluating;
    private final List<KeysValues> memories = new ArrayList<>(); // of each layer, owned
    private long begun; // sources so far
    private Tensor sources; // which of them each row writes for (B), owned
    private Tensor lengths; // of the sources (B), owned
    private Tensor logits; // (B, V), owned

    /** @param evaluating ends with this */
    Seq2SeqDecoding(EncoderDecoder model, List<long[]> inputs, int capacity, KvCache.Kind kind, Guard evaluating) {
        this.model = model;
        this.kind = kind;
        this.capacity = capacity;
        this.evaluating = evaluating;
        int batch = inputs.size();
        int longest = inputs.stream().mapToInt(source -> source.length).max().orElseThrow();
        var ids = new long[batch * longest];
        for (int i = 0; i < batch; i++) System.arraycopy(inputs.get(i), 0, ids, i * longest, inputs.get(i).length);
        Tensor counts = Tensor.of(inputs.stream().mapToLong(source -> source.length).toArray()).to(model.device());
        Tensor source = Tensor.of(ids, batch, longest).to(model.device());
        // Nothing is owned before this, for it may refuse ids.
        var read = model.memories(model.encode(source, Mask.lengths(counts, longest)));
        for (var memory : read) memories.add(owned(memory));
        lengths = counts.owned();
        sources = counts.newArange(batch).owned();
        begun = batch;
        cache = kind.open(model.cacheShape(), new long[batch], capacity);
        var begin = new long[batch];
        Arrays.fill(begin, model.bos());
        logits = next(Tensor.of(begin));
    }

    private static KeysValues owned(KeysValues memory) {
        return new KeysValues(memory.keys().contiguous().owned(), memory.values().contiguous().owned());
    }

    @Override public Tensor logits() { return logits; }

    @Override public void read(Tensor ids) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            logits = replaced(logits, next(ids));
        }
    }

    private Tensor next(Tensor ids) {
        Tensor target = ids.to(model.device()).unsqueeze(1);
        Mask cross = Mask.lengths(lengths, memories.getFirst().keys().size(2));
        return model.decode(target, cache, memories, cross).squeeze(1).owned();
    }

    @Override public void add(List<long[]> inputs) {
        model.checkSources(inputs);
        try (var _ = Scope.open(); var _ = Torch.noGrad();
                var more = new Seq2SeqDecoding(model, inputs, capacity, kind, () -> {})) {
            cache.join(more.cache);
            logits = joined(logits, more.logits);
            lengths = joined(lengths, more.lengths);
            sources = joined(sources, more.sources.add(begun));
            begun += inputs.size();
            for (int layer = 0; layer < memories.size(); layer++) {
                KeysValues here = memories.get(layer), there = more.memories.get(layer);
                long longest = Math.max(here.keys().size(2), there.keys().size(2));
                memories.set(layer, new KeysValues(
                        replaced(here.keys(), joined(here.keys(), there.keys(), longest)),
                        replaced(here.values(), joined(here.values(), there.values(), longest))));
            }
        }
    }

    private static Tensor joined(Tensor rows, Tensor more) {
        return replaced(rows, Tensor.cat(List.of(rows, more), 0));
    }

    /** Of (B, H, S, D), filled up at the end: {@link #lengths} hide that. */
    private static Tensor joined(Tensor rows, Tensor more, long longest) {
        return Tensor.cat(Stream.of(rows, more).map(memory -> memory.pad(0, 0, 0, 0, longest - memory.size(2)))
                .toList(), 0);
    }

    @Override public void select(Tensor rows) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor there = rows.to(model.device());
            cache.select(rows.toLongs());
            logits = replaced(logits, logits.indexSelect(0, there));
            Tensor chosen = sources.indexSelect(0, there);
            if (chosen.sameAs(sources)) return; // beams that change places read the same source
            sources = replaced(sources, chosen);
            lengths = replaced(lengths, lengths.indexSelect(0, there));
            long longest = rows.numel() == 0 ? 1 : lengths.max().itemLong();
            memories.replaceAll(memory -> new KeysValues(selected(memory.keys(), there, longest),
                    selected(memory.values(), there, longest)));
        }
    }

    private static Tensor selected(Tensor memory, Tensor rows, long longest) {
        return replaced(memory, memory.narrow(2, 0, longest).indexSelect(0, rows));
    }

    private static Tensor replaced(Tensor old, Tensor by) {
        old.close();
        return by.owned();
    }

    @Override public void close() {
        memories.forEach(memory -> {
            memory.keys().close();
            memory.values().close();
        });
        sources.close();
        lengths.close();
        logits.close();
        cache.close();
        evaluating.close();
    }
}
