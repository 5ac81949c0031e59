package dev.merapi.text.model.causal;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * In what numbers a {@link KvMemory} keeps keys and values. In int8 each token's vector of a head has a scale of its
 * own, of which its largest number is 127; the scale's four bytes stand behind the vector's.
 *
 * <p>D head size, W numbers that a vector takes.
 */
record KvNumbers(DType type, int headSize) {
    private static final int MOST = 127;

    /** W. */
    int width() { return type == DType.INT8 ? headSize + Float.BYTES : headSize; }

    /** What is kept (…, W) of vectors (…, D). */
    Tensor keep(Tensor x) {
        if (type != DType.INT8) return x;
        Tensor exact = x.to(DType.FLOAT32);
        Tensor scale = exact.abs().amax(new long[] {-1}, true).clamp(1e-12, null).div(MOST);
        Tensor codes = exact.div(scale).round().to(DType.INT8);
        return Tensor.cat(List.of(codes, as(scale, DType.INT8)), -1);
    }

    /** Vectors (…, D) of what is kept (…, W); of int8 in float32. */
    Tensor read(Tensor kept) {
        if (type != DType.INT8) return kept;
        int last = kept.rank() - 1;
        Tensor scale = as(kept.narrow(last, headSize, Float.BYTES).contiguous(), DType.FLOAT32); // (…, 1)
        return kept.narrow(last, 0, headSize).to(DType.FLOAT32).mul(scale);
    }

    /** The same bytes as numbers of another type. */
    private static Tensor as(Tensor x, DType type) { return Tensor.call("view", "dtype", x, type); }
}
