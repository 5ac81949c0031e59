package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;

/**
 * What attention must not look at. Masks are combined with {@link #and}:
 *
 * <pre>{@code
 * attention.forward(x, Mask.causal().and(Mask.padding(ids.eq(0))));
 * }</pre>
 *
 * B is the batch, H the heads, T the queries, S the keys. A query that may see no key at all gets zeros, not NaN.
 */
public final class Mask {
    /** Everything is seen. */
    public static final Mask NONE = new Mask(false, null, null);

    private static final Mask CAUSAL = new Mask(true, null, null);

    private final boolean causal;
    private final Tensor hidden; // bool, true where hidden; broadcasts to (B, H, T, S); or null
    private final Tensor bias; // added to the scores; broadcasts to (B, H, T, S); or null

    private Mask(boolean causal, Tensor hidden, Tensor bias) {
        this.causal = causal;
        this.hidden = hidden;
        this.bias = bias;
    }

    /** No query sees a later key. With more keys than queries, the last query stands beside the last key. */
    public static Mask causal() { return CAUSAL; }

    /** Hides keys (B, S) where {@code hidden}, bool, is true. */
    public static Mask padding(Tensor hidden) {
        check("Mask.padding", "bool of shape (B, S)", hidden.rank() == 2 && hidden.dtype() == DType.BOOL, hidden);
        return new Mask(false, hidden.unsqueeze(1).unsqueeze(1), null);
    }

    /**
     * Hides keys from {@code lengths[b]} on; lengths (B) int64, of sequences padded to {@code keys}
     * positions.
     */
    public static Mask lengths(Tensor lengths, long keys) {
        Tensor positions = lengths.newArange(keys);
        return padding(positions.ge(lengths.unsqueeze(1)));
    }

    /** Hides where {@code hidden}, bool (T, S) or (B, 1 or H, T, S), is true. */
    public static Mask hidden(Tensor hidden) {
        check("Mask.hidden", "bool of shape (T, S) or (B, H, T, S)", isScores(hidden) && hidden.dtype() == DType.BOOL,
                hidden);
        return new Mask(false, hidden, null);
    }

    /** Adds {@code bias}, (T, S) or (B, 1 or H, T, S), to the scores; -∞ hides. */
    public static Mask additive(Tensor bias) {
        check("Mask.additive", "floating-point of shape (T, S) or (B, H, T, S)",
                isScores(bias) && bias.dtype().isFloating(), bias);
        return new Mask(false, null, bias);
    }

    private static boolean isScores(Tensor t) { return t.rank() == 2 || t.rank() == 4; }

    private static void check(String where, String expected, boolean ok, Tensor received) {
        Expect.that(ok, where, expected, received.dtype() + " of shape " + Shapes.toString(received.shape()));
    }

    /** Hides what either hides, and adds both biases. */
    public Mask and(Mask other) {
        return new Mask(causal || other.causal,
                hidden == null ? other.hidden : other.hidden == null ? hidden : hidden.or(other.hidden),
                bias == null ? other.bias : other.bias == null ? bias : bias.add(other.bias));
    }

    boolean isCausalOnly() { return causal && hidden == null && bias == null; }

    /** For scores of so many queries and keys: null if all is seen, else bool (true is seen) or additive. */
    Tensor tensor(long queries, long keys, Tensor like) {
        long[] scores = {like.size(0), like.size(1), queries, keys};
        checkFits(hidden, scores);
        checkFits(bias, scores);
        Tensor unseen = hidden;
        if (causal && queries > 1) {
            Tensor later = like.newOnes(DType.BOOL, queries, keys).triu(keys - queries + 1);
            unseen = unseen == null ? later : unseen.or(later);
        }
        if (bias == null) return unseen == null ? null : unseen.not();
        Tensor added = bias.to(like.dtype());
        return unseen == null ? added : unseen.where(like.newFull(Double.NEGATIVE_INFINITY), added);
    }

    private static void checkFits(Tensor mask, long[] scores) {
        if (mask == null) return;
        long[] shape = mask.shape();
        for (int i = 0; i < shape.length; i++) {
            if (shape[i] == 1 || shape[i] == scores[i + 4 - shape.length]) continue;
            throw new IllegalArgumentException("Mask: expected one for scores (B, H, T, S) of shape "
                    + Shapes.toString(scores) + ". Received " + Shapes.toString(shape) + ".");
        }
    }

    /** As {@link #tensor}, but always to be added, or null. */
    Tensor toAdd(long queries, long keys, Tensor like) {
        Tensor mask = tensor(queries, keys, like);
        if (mask == null || mask.dtype() != DType.BOOL) return mask;
        return mask.where(like.newZeros(), like.newFull(Double.NEGATIVE_INFINITY));
    }
}
