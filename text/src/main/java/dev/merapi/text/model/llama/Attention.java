package dev.merapi.text.model.llama;

import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mask;
import dev.merapi.nn.RmsNorm;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.causal.KvCache;

/**
 * Self-attention with turned positions, whose heads share keys and values by groups. Shapes: x (B, T, E) to the same; H
 * heads, G groups, D head size.
 */
final class Attention extends Layer {
    final Linear qProj; // E to H · D
    final Linear kProj; // E to G · D
    final Linear vProj; // E to G · D
    final Linear oProj; // H · D to E
    final RmsNorm qNorm; // of each head, or null
    final RmsNorm kNorm;
    private final int head;
    private final int layer;

    Attention(LlamaConfig config, int layer) {
        int dim = config.hiddenSize();
        boolean bias = config.attentionBias() || config.family() == Family.QWEN2;
        boolean normed = config.family() == Family.QWEN3;
        this.head = config.headSize();
        this.layer = layer;
        qProj = new Linear(dim, config.numAttentionHeads() * head, bias);
        kProj = new Linear(dim, config.groups() * head, bias);
        vProj = new Linear(dim, config.groups() * head, bias);
        oProj = new Linear(config.numAttentionHeads() * head, dim, config.attentionBias());
        qNorm = normed ? new RmsNorm(head, config.rmsNormEps()) : null;
        kNorm = normed ? new RmsNorm(head, config.rmsNormEps()) : null;
    }

    Tensor forward(Tensor x, Mask mask, Frequencies.Turn turn, KvCache cache) {
        Tensor q = turn.apply(split(qProj.forward(x), qNorm)); // (B, H, T, D)
        Tensor k = turn.apply(split(kProj.forward(x), kNorm)); // (B, G, T, D)
        var seen = KvCache.append(cache, layer, k, split(vProj.forward(x), null));
        Tensor y = F.attention(q, seen.keys(), seen.values(), mask, 0); // (B, H, T, D)
        return oProj.forward(y.transpose(1, 2).flatten(2, 3));
    }

    /** x (B, T, n · D) to (B, n, T, D). */
    private Tensor split(Tensor x, RmsNorm norm) {
        Tensor heads = x.unflatten(2, -1, head);
        return (norm == null ? heads : norm.forward(heads)).transpose(1, 2);
    }
}
