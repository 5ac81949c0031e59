package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/**
 * Self-attention and a feed-forward net, each with a residual path and a norm. Shapes: x (B, T, dim) to the
 * same. Parameters are named as torch's {@code nn.TransformerEncoderLayer}. Vaswani et al. 2017,
 * arXiv:1706.03762.
 */
public final class TransformerEncoderLayer extends Layer implements Unary {
    final MultiHeadAttention selfAttn;
    Unary linear1;
    Unary linear2;
    Unary norm1;
    Unary norm2;
    private final TransformerOptions options;

    /**
     * @param hidden size between the two feed-forward products
     */
    public TransformerEncoderLayer(int dim, int heads, int hidden) {
        this(dim, heads, hidden, TransformerOptions.DEFAULT);
    }

    /** @param hidden size between the two feed-forward products */
    public TransformerEncoderLayer(int dim, int heads, int hidden, TransformerOptions options) {
        this.options = options;
        this.selfAttn = new MultiHeadAttention(dim, heads, AttentionOptions.DEFAULT.dropout(options.dropout()));
        this.linear1 = new Linear(dim, hidden);
        this.linear2 = new Linear(hidden, dim);
        this.norm1 = new LayerNorm(dim, options.eps());
        this.norm2 = new LayerNorm(dim, options.eps());
    }

    @Override public Tensor forward(Tensor x) { return forward(x, Mask.NONE); }

    /** x (B, T, dim) to the same, where {@code mask} says who sees whom. */
    public Tensor forward(Tensor x, Mask mask) {
        return hooked(options.preNorm() ? normFirst(x, mask) : normLast(x, mask), x);
    }

    private Tensor normFirst(Tensor x, Mask mask) {
        Tensor y = x.add(attend(norm1.forward(x), mask));
        return y.add(feed(norm2.forward(y)));
    }

    private Tensor normLast(Tensor x, Mask mask) {
        Tensor y = norm1.forward(x.add(attend(x, mask)));
        return norm2.forward(y.add(feed(y)));
    }

    private Tensor attend(Tensor x, Mask mask) { return drop(selfAttn.forward(x, mask)); }

    private Tensor feed(Tensor x) {
        return drop(linear2.forward(drop(options.activation().forward(linear1.forward(x)))));
    }

    private Tensor drop(Tensor x) { return F.dropout(x, options.dropout(), isTraining()); }
}
