package dev.merapi.nn;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;

/**
 * Self-attention whose query heads share fewer key and value heads; with one for all it is multi-query
 * attention. Parameters are named as Llama's: {@code q_proj}, {@code k_proj}, {@code v_proj}, {@code o_proj}.
 * Ainslie et al. 2023, arXiv:2305.13245.
 *
 * <p>B batch, T positions, E dim, H heads, G groups, D = E / H. Shapes: x (B, T, E) to y (B, T, E).
 */
public final class GroupedQueryAttention extends Layer implements Unary {
    Unary qProj; // E to H · D
    Unary kProj; // E to G · D
    Unary vProj; // E to G · D
    Unary oProj; // H · D to E
    private final int head; // D
    private final Rotary rotary;

    /** Without positions, without biases. */
    public GroupedQueryAttention(int dim, int heads, int groups) { this(dim, heads, groups, false, null); }

    /**
     * @param groups number of key and value heads
     * @param bias whether the projections of queries, keys and values have one, as in Qwen
     * @param rotary turns queries and keys by their positions; null for none
     * @throws IllegalArgumentException unless {@code heads} divides {@code dim} and {@code groups} divides
     *     {@code heads}
     */
    public GroupedQueryAttention(int dim, int heads, int groups, boolean bias, Rotary rotary) {
        Expect.that(heads > 0 && dim % heads == 0, "GroupedQueryAttention", "heads that divide dim " + dim,
                heads);
        Expect.that(groups > 0 && heads % groups == 0, "GroupedQueryAttention",
                "groups that divide " + heads + " heads", groups);
        this.head = dim / heads;
        this.rotary = rotary;
        this.qProj = new Linear(dim, dim, bias);
        this.kProj = new Linear(dim, groups * head, bias);
        this.vProj = new Linear(dim, groups * head, bias);
        this.oProj = new Linear(dim, dim, false);
    }

    /** Causal. */
    @Override public Tensor forward(Tensor x) { return forward(x, Mask.causal()); }

    /** x (B, T, E) to the same, where {@code mask} says who sees whom. */
    public Tensor forward(Tensor x, Mask mask) {
        Tensor q = rotated(split(qProj.forward(x))); // (B, H, T, D)
        Tensor k = rotated(split(kProj.forward(x))); // (B, G, T, D)
        Tensor v = split(vProj.forward(x)); // (B, G, T, D)
        Tensor y = F.attention(q, k, v, mask, 0); // (B, H, T, D)
        return hooked(oProj.forward(y.transpose(1, 2).flatten(2, 3)), x);
    }

    private Tensor split(Tensor x) { return x.unflatten(2, -1, head).transpose(1, 2); } // (B, T, n · D) to (B, n, T, D)

    private Tensor rotated(Tensor x) { return rotary == null ? x : rotary.rotate(x, 0); }
}
