package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * Self-attention, attention to a memory and a feed-forward net, each with a residual path and a norm. Shapes:
 * x (B, T, dim), memory (B, S, dim) to y (B, T, dim). Parameters are named as torch's {@code
 * nn.TransformerDecoderLayer}. Vaswani et al. 2017, arXiv:1706.03762.
 */
public final class TransformerDecoderLayer extends Layer {
    final MultiHeadAttention selfAttn;
    final MultiHeadAttention multiheadAttn;
    Unary linear1;
    Unary linear2;
    Unary norm1;
    Unary norm2;
    Unary norm3;
    private final TransformerOptions options;

    /**
     * @param hidden size between the two feed-forward products
     */
    public TransformerDecoderLayer(int dim, int heads, int hidden, TransformerOptions options) {
        var attention = AttentionOptions.DEFAULT.dropout(options.dropout());
        this.options = options;
        this.selfAttn = new MultiHeadAttention(dim, heads, attention);
        this.multiheadAttn = new MultiHeadAttention(dim, heads, attention);
        this.linear1 = new Linear(dim, hidden);
        this.linear2 = new Linear(hidden, dim);
        this.norm1 = new LayerNorm(dim, options.eps());
        this.norm2 = new LayerNorm(dim, options.eps());
        this.norm3 = new LayerNorm(dim, options.eps());
    }

    /** Causal in x, all of the memory seen. */
    public Tensor forward(Tensor x, Tensor memory) { return forward(x, memory, Mask.causal(), Mask.NONE); }

    /**
     * @param self what x must not see of itself
     * @param cross what x must not see of the memory
     */
    public Tensor forward(Tensor x, Tensor memory, Mask self, Mask cross) {
        return forward(x, own -> own, memory(memory), self, cross);
    }

    /** What {@link #forward(Tensor, UnaryOperator, KeysValues, Mask, Mask)} reads of a memory, each time the same. */
    public KeysValues memory(Tensor memory) { return multiheadAttn.keysValues(memory, memory); }

    /**
     * For x that goes on with what came before.
     *
     * @param remember gets the keys and values of x, and returns those of all that x may see
     * @param memory from {@link #memory}
     * @param self what x must not see of itself and what came before
     * @param cross what x must not see of the memory
     */
    public Tensor forward(Tensor x, UnaryOperator<KeysValues> remember, KeysValues memory, Mask self, Mask cross) {
        return hooked(options.preNorm() ? normFirst(x, remember, memory, self, cross)
                : normLast(x, remember, memory, self, cross), x);
    }

    private Tensor normFirst(Tensor x, UnaryOperator<KeysValues> remember, KeysValues memory, Mask self, Mask cross) {
        Tensor y = x.add(attend(norm1.forward(x), remember, self));
        Tensor z = y.add(read(norm2.forward(y), memory, cross));
        return z.add(feed(norm3.forward(z)));
    }

    private Tensor normLast(Tensor x, UnaryOperator<KeysValues> remember, KeysValues memory, Mask self, Mask cross) {
        Tensor y = norm1.forward(x.add(attend(x, remember, self)));
        Tensor z = norm2.forward(y.add(read(y, memory, cross)));
        return norm3.forward(z.add(feed(z)));
    }

    private Tensor attend(Tensor x, UnaryOperator<KeysValues> remember, Mask mask) {
        return drop(selfAttn.forward(x, remember, mask));
    }

    private Tensor read(Tensor x, KeysValues memory, Mask mask) {
        return drop(multiheadAttn.forward(x, memory, mask));
    }

    private Tensor feed(Tensor x) {
        return drop(linear2.forward(drop(options.activation().forward(linear1.forward(x)))));
    }

    private Tensor drop(Tensor x) { return F.dropout(x, options.dropout(), isTraining()); }
}
