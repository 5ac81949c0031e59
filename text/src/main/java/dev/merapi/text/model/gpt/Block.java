package dev.merapi.text.model.gpt;

import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Mask;
import dev.merapi.nn.Name;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.causal.KvCache;
import dev.merapi.text.model.causal.Sight;

/** Attention and a feed-forward net, each behind a norm and beside a residual path. Shapes: x (B, T, E) to the same. */
final class Block extends Layer {
    @Name("ln_1") Unary norm1;
    @Name("attn.c_attn") Unary qkv;
    @Name("attn.c_proj") Unary out;
    @Name("ln_2") Unary norm2;
    @Name("mlp.c_fc") Unary up;
    @Name("mlp.c_proj") Unary down;
    private final Gpt2Config config;

    Block(Gpt2Config config) {
        int width = config.nEmbd();
        double deviation = config.initializerRange();
        double residual = deviation / Math.sqrt(2 * config.nLayer()); // the sum of all blocks stays of one size
        this.config = config;
        norm1 = new LayerNorm(width, config.layerNormEpsilon());
        qkv = new Projection(width, 3 * width, deviation);
        out = new Projection(width, width, residual);
        norm2 = new LayerNorm(width, config.layerNormEpsilon());
        up = new Projection(width, config.inner(), deviation);
        down = new Projection(config.inner(), width, residual);
    }

    /** @param layer its place in the cache */
    Tensor forward(Tensor x, Mask mask, KvCache cache, int layer) {
        Tensor y = x.add(drop(attend(norm1.forward(x), mask, cache, layer)));
        Tensor hidden = config.activation().forward(up.forward(norm2.forward(y))); // (B, T, inner)
        return hooked(y.add(drop(down.forward(hidden))), x);
    }

    private Tensor attend(Tensor x, Mask mask, KvCache cache, int layer) {
        int n = config.nHead();
        Tensor heads = qkv.forward(x).unflatten(2, 3 * n, config.nEmbd() / n).transpose(1, 2); // (B, 3 H, T, D)
        Tensor y = Sight.of(mask, isTraining() ? config.attnPdrop() : 0).attend(cache, layer, heads.narrow(1, 0, n),
                heads.narrow(1, n, n), heads.narrow(1, 2 * n, n)); // (B, H, T, D)
        return out.forward(y.transpose(1, 2).flatten(2, 3));
    }

    private Tensor drop(Tensor x) { return F.dropout(x, config.residPdrop(), isTraining()); }
}
