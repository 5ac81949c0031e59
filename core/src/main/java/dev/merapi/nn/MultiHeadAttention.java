package dev.merapi.nn;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Attention by several heads: softmax(q kᵀ / √D + mask) v on projections of the input, joined and projected.
 * Parameters are named as torch's {@code nn.MultiheadAttention}. Vaswani et al. 2017, arXiv:1706.03762,
 * section 3.2.2.
 *
 * <p>B batch, T queries, S keys, E dim, H heads, D = E / H. Shapes: queries (B, T, E), keys (B, S, E or
 * keyDim), values (B, S, E or valueDim) to y (B, T, E).
 */
public final class MultiHeadAttention extends Layer implements Unary {
    final Param inProjWeight; // (3E, E): q, k and v; or null, and
    final Param qProjWeight; // (E, E)
    final Param kProjWeight; // (E, keyDim)
    final Param vProjWeight; // (E, valueDim)
    final Param inProjBias; // (3E), or null
    Unary outProj;
    private final int dim;
    private final int heads;
    private final double dropout;

    /** With biases, without dropout. */
    public MultiHeadAttention(int dim, int heads) { this(dim, heads, AttentionOptions.DEFAULT); }

    /**
     * @throws IllegalArgumentException unless {@code heads} divides {@code dim}
     */
    public MultiHeadAttention(int dim, int heads, AttentionOptions options) {
        Expect.that(heads > 0 && dim % heads == 0, "MultiHeadAttention", "heads that divide dim " + dim, heads);
        int keyDim = options.keyDim() == 0 ? dim : options.keyDim();
        int valueDim = options.valueDim() == 0 ? dim : options.valueDim();
        boolean joint = keyDim == dim && valueDim == dim;
        this.dim = dim;
        this.heads = heads;
        this.dropout = options.dropout();
        this.inProjWeight = joint ? param(Init.xavierUniform(), 3L * dim, dim) : null;
        this.qProjWeight = joint ? null : param(Init.xavierUniform(), dim, dim);
        this.kProjWeight = joint ? null : param(Init.xavierUniform(), dim, keyDim);
        this.vProjWeight = joint ? null : param(Init.xavierUniform(), dim, valueDim);
        this.inProjBias = options.bias() ? param(Init.zeros(), 3L * dim) : null;
        var out = new Linear(dim, dim, options.bias());
        if (options.bias()) Init.zeros().apply(out.bias);
        this.outProj = out;
    }

    /** A result and the attention weights (B, H, T, S) it was averaged by. */
    public record Attended(Tensor y, Tensor weights) {}

    /** Self-attention without a mask. */
    @Override public Tensor forward(Tensor x) { return forward(x, Mask.NONE); }

    /** Self-attention. */
    public Tensor forward(Tensor x, Mask mask) { return forward(x, x, x, mask); }

    /** queries (B, T, dim) that look at keys and values (B, S, …): (B, T, dim). */
    public Tensor forward(Tensor queries, Tensor keys, Tensor values, Mask mask) {
        if (queries == keys && keys == values) return forward(queries, own -> own, mask);
        return forward(queries, keysValues(keys, values), mask);
    }

    /**
     * Self-attention that remembers what came before.
     *
     * @param remember gets the keys and values of x, and returns all that are to be seen
     */
    public Tensor forward(Tensor x, UnaryOperator<KeysValues> remember, Mask mask) {
        var qkv = project(x, x, x);
        return attend(x, qkv.get(0), remember.apply(new KeysValues(qkv.get(1), qkv.get(2))), mask);
    }

    /** The keys and values of a memory, for {@link #forward(Tensor, KeysValues, Mask)} again and again. */
    public KeysValues keysValues(Tensor keys, Tensor values) {
        return new KeysValues(project(keys, kProjWeight, 1), project(values, vProjWeight, 2));
    }

    /** Attention to keys and values that were made before. */
    public Tensor forward(Tensor queries, KeysValues seen, Mask mask) {
        return attend(queries, project(Inputs.last(this, queries, dim), qProjWeight, 0), seen, mask);
    }

    private Tensor attend(Tensor queries, Tensor q, KeysValues seen, Mask mask) {
        return join(queries, F.attention(q, seen.keys(), seen.values(), mask, isTraining() ? dropout : 0));
    }

    /**
     * As {@link #forward(Tensor, Tensor, Tensor, Mask)}, slower, and without dropout: to look at the weights.
     */
    public Attended forwardWithWeights(Tensor queries, Tensor keys, Tensor values, Mask mask) {
        var qkv = project(queries, keys, values);
        var weights = F.attentionWeights(qkv.get(0), qkv.get(1), mask);
        return new Attended(join(queries, weights.matmul(qkv.get(2))), weights);
    }

    /** q (B, H, T, D), k and v (B, H, S, D). */
    private List<Tensor> project(Tensor q, Tensor k, Tensor v) {
        Inputs.last(this, q, dim);
        if (q == k && k == v && inProjWeight != null) {
            return F.linear(q, inProjWeight, inProjBias).chunk(3, -1).stream().map(this::intoHeads).toList();
        }
        return List.of(project(q, qProjWeight, 0), project(k, kProjWeight, 1), project(v, vProjWeight, 2));
    }

    private Tensor project(Tensor x, Param apart, int third) {
        if (apart == null && Watches.seesOperations()) { // to whom a slice of a parameter is none
            return intoHeads(F.linear(Inputs.last(this, x, dim), inProjWeight, inProjBias).chunk(3, -1).get(third));
        }
        Tensor weight = apart != null ? apart : inProjWeight.narrow(0, (long) third * dim, dim);
        Tensor bias = inProjBias == null ? null : inProjBias.narrow(0, (long) third * dim, dim);
        return intoHeads(F.linear(Inputs.last(this, x, weight.size(1)), weight, bias));
    }

    /** x (B, T, E) to (B, H, T, D). */
    private Tensor intoHeads(Tensor x) { return x.unflatten(2, heads, dim / heads).transpose(1, 2); }

    /** What the heads found, y (B, H, T, D), as one. */
    private Tensor join(Tensor queries, Tensor y) {
        return hooked(outProj.forward(y.transpose(1, 2).flatten(2, 3)), queries);
    }
}
