package dev.merapi.text.model.llama;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.causal.KvCache;
import dev.merapi.text.model.causal.Sight;
import dev.merapi.text.model.llama.Family.Trait;
import dev.merapi.text.model.llama.Frequencies.Rotation;

/**
 * Self-attention with rotary positions, whose heads share keys and values by groups. Shapes: x (B, T, E) to the same; H
 * heads, G groups, D head size.
 */
final class Attention extends Layer {
    Unary qProj; // E to H · D
    Unary kProj; // E to G · D
    Unary vProj; // E to G · D
    Unary oProj; // H · D to E
    Unary qNorm; // of each head, or null
    Unary kNorm;
    private final int head;
    private final double scale;

    Attention(LlamaConfig config) {
        int dim = config.hiddenSize();
        boolean bias = config.attentionBias() || config.family().has(Trait.BIASES);
        boolean normed = config.family().has(Trait.HEAD_NORMS);
        this.head = config.headSize();
        qProj = new Linear(dim, config.numAttentionHeads() * head, bias);
        kProj = new Linear(dim, config.groups() * head, bias);
        vProj = new Linear(dim, config.groups() * head, bias);
        oProj = new Linear(config.numAttentionHeads() * head, dim, config.attentionBias());
        qNorm = normed ? Block.norm(config, head) : null;
        kNorm = normed ? Block.norm(config, head) : null;
        scale = config.queryScale();
    }

    Tensor forward(Tensor x, Sight sight, Rotation rotation, KvCache cache, int layer) {
        Tensor q = rotation.apply(split(qProj.forward(x), qNorm)); // (B, H, T, D)
        Tensor k = rotation.apply(split(kProj.forward(x), kNorm)); // (B, G, T, D)
        Tensor scaled = scale == 1 ? q : q.mul(scale);
        Tensor y = sight.attend(cache, layer, scaled, k, split(vProj.forward(x), null)); // (B, H, T, D)
        return hooked(oProj.forward(y.transpose(1, 2).flatten(2, 3)), x);
    }

    /** x (B, T, n · D) to (B, n, T, D). */
    private Tensor split(Tensor x, Unary norm) {
        Tensor heads = x.unflatten(2, -1, head);
        return (norm == null ? heads : norm.forward(heads)).transpose(1, 2);
    }
}
