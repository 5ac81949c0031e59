package dev.merapi.compress.quantize;

import dev.merapi.nn.KeysValues;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.causal.DenseCache;
import dev.merapi.text.model.causal.KvCache;
import dev.merapi.text.model.causal.KvColumns;

/**
 * Keys and values of 8 bits, each vector of a head with a step of its own: a quarter of a {@link DenseCache}'s memory,
 * for the time of making numbers of them at each token.
 *
 * <pre>{@code
 * try (var decoding = model.begin(prompts, 100, Int8Cache::new)) {
 *     Tensor logits = decoding.logits();
 * }
 * }</pre>
 */
public final class Int8Cache implements KvCache {
    private static final int MOST = 127;

    private final DType type;
    private final DenseCache codes; // int8 (B, G, S, D)
    private final DenseCache steps; // (B, G, S, 1)

    /** As {@link KvCache.Kind#open}. */
    public Int8Cache(Shape shape, long[] starts, int capacity) {
        type = shape.type();
        codes = new DenseCache(new Shape(shape.layers(), shape.heads(), shape.headSize(), DType.INT8, shape.device()),
                starts, capacity);
        steps = new DenseCache(new Shape(shape.layers(), shape.heads(), 1, type, shape.device()), starts, capacity);
    }

    @Override public KvColumns columns() { return codes.columns(); }

    @Override public KeysValues append(int layer, Tensor k, Tensor v) {
        Tensor kStep = step(k), vStep = step(v);
        var all = codes.append(layer, code(k, kStep), code(v, vStep));
        var scales = steps.append(layer, kStep, vStep);
        return new KeysValues(all.keys().to(type).mul(scales.keys()), all.values().to(type).mul(scales.values()));
    }

    private static Tensor step(Tensor x) { return x.abs().amax(new long[] {-1}, true).clamp(1e-12, null).div(MOST); }

    private static Tensor code(Tensor x, Tensor step) { return x.div(step).round().to(DType.INT8); }

    @Override public void advance(long count) {
        codes.advance(count);
        steps.advance(count);
    }

    @Override public void join(KvCache other) {
        if (!(other instanceof Int8Cache more)) {
            throw Expect.error("Int8Cache", "rows of another Int8Cache", "those of a "
                    + other.getClass().getSimpleName());
        }
        codes.join(more.codes);
        steps.join(more.steps);
    }

    @Override public void select(long... rows) {
        codes.select(rows);
        steps.select(rows);
    }

    @Override public void close() {
        codes.close();
        steps.close();
    }
}
