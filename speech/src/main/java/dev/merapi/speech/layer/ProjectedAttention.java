package dev.merapi.speech.layer;

import dev.merapi.nn.F;
import dev.merapi.nn.KeysValues;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mask;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;

/**
 * Attention by several heads with a projection of its own for each part, as Hugging Face's models of speech name them
 * ({@code q_proj}, {@code k_proj}, {@code v_proj}, {@code out_proj}). Vaswani et al. 2017, arXiv:1706.03762.
 *
 * <p>B batch, T queries, S keys, E width, H heads, D = E / H.
 */
public final class ProjectedAttention extends Layer {
    Unary kProj;
    Unary vProj;
    Unary qProj;
    Unary outProj;
    private final int heads;

    /** @param keyBias whether keys have a bias, which softmax does not notice: Whisper's have none */
    public ProjectedAttention(int width, int heads, boolean keyBias) {
        Expect.that(heads > 0 && width % heads == 0, "ProjectedAttention.heads", "heads that divide the width " + width,
                heads);
        this.heads = heads;
        kProj = new Linear(width, width, keyBias);
        vProj = new Linear(width, width);
        qProj = new Linear(width, width);
        outProj = new Linear(width, width);
    }

    /** Keys and values (B, H, S, D) of what is read: x (B, S, E). */
    public KeysValues keysValues(Tensor x) { return new KeysValues(split(kProj.forward(x)), split(vProj.forward(x))); }

    /** x (B, T, E) to the same. */
    public Tensor forward(Tensor x, KeysValues seen, Mask mask) {
        Tensor y = F.attention(split(qProj.forward(x)), seen.keys(), seen.values(), mask, 0);
        return hooked(outProj.forward(y.transpose(1, 2).flatten(2, 3)), x);
    }

    private Tensor split(Tensor x) { return x.unflatten(2, heads, -1).transpose(1, 2); } // (B, H, T, D)
}
