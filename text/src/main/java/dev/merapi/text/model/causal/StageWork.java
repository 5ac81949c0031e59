package dev.merapi.text.model.causal;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.generate.RaggedDecoding;
import dev.merapi.text.model.causal.KvMemory.Part;
import dev.merapi.text.model.causal.KvMemory.Stretch;
import dev.merapi.text.model.causal.RaggedCache.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a stage does for one decoding of the first stage, and remembers for it. */
final class StageWork implements AutoCloseable {
    private final CausalLm model;
    private KvMemory memory; // null before it is asked for
    private final Map<Long, KvCache> caches = new HashMap<>();
    private final Map<Long, Stretch> stretches = new HashMap<>();

    StageWork(CausalLm model) {
        this.model = model;
    }

    /**
     * @param steps of which the last reads
     * @param x (B, T, E)
     * @return the same behind this stage's blocks
     */
    Tensor read(List<long[]> steps, Tensor x) {
        for (var step : steps.subList(0, steps.size() - 1)) prepare(StageStep.values()[(int) step[0]], step);
        long[] last = steps.getLast();
        var how = StageStep.values()[(int) last[0]];
        return model.decode(x.to(model.device()), switch (how) {
            case READ -> null;
            case READ_CACHED -> cache(last[1]);
            case READ_PIECES -> new RaggedCache(spans(last), model.device(), null);
            default -> throw Expect.error("Stage", "a step that reads", how);
        });
    }

    private void prepare(StageStep what, long[] step) {
        long number = step[1];
        switch (what) {
            case OPEN -> caches.put(number, new DenseCache(model.keptShape(), Arrays.copyOfRange(step, 3, step.length),
                    Math.toIntExact(step[2])));
            case JOIN -> cache(number).join(caches.remove(step[2]));
            case SELECT -> cache(number).select(Arrays.copyOfRange(step, 2, step.length));
            case BACK -> cache(number).back(step[2]);
            case CLOSE -> caches.remove(number).close();
            case MEMORY -> memory = new KvMemory(model.keptShape(), new RaggedDecoding.Memory(Long.MAX_VALUE,
                    DType.values()[(int) number]), null); // the first stage says when it is full
            case GROW -> memory.grow(stretches.computeIfAbsent(number, _ -> memory.open()), (int) step[3],
                    Math.toIntExact(step[2]));
            case FREE -> memory.free(stretches.remove(number));
            default -> throw Expect.error("Stage", "a step that prepares", what);
        }
    }

    private KvCache cache(long number) {
        var cache = caches.get(number);
        if (cache == null) throw Expect.error("Stage", "a cache of " + caches.keySet(), number);
        return cache;
    }

    private Stretch stretch(long number) {
        var stretch = stretches.get(number);
        if (stretch == null) throw Expect.error("Stage", "memory of " + stretches.keySet(), number);
        return stretch;
    }

    private List<Span> spans(long[] step) {
        var spans = new ArrayList<Span>();
        for (int at = 1, from = 0; at < step.length;) {
            var own = stretch(step[at++]);
            int owned = (int) step[at++], length = (int) step[at++];
            var shared = new ArrayList<Part>();
            for (long left = step[at++]; left > 0; left--) {
                shared.add(new Part(stretch(step[at++]), (int) step[at++], (int) step[at++]));
            }
            spans.add(new Span(shared, own, owned, from, length));
            from += length;
        }
        return spans;
    }

    @Override public void close() {
        caches.values().forEach(KvCache::close);
        if (memory != null) memory.close();
    }
}
