package dev.merapi.text.model.llama;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Mask;
import dev.merapi.nn.RmsNorm;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.causal.KvCache;

/** Attention and a feed-forward net, each behind a norm and beside a residual path. Shapes: x (B, T, E) to the same. */
final class Block extends Layer {
    final Unary inputLayernorm;
    final Attention selfAttn;
    final Unary postAttentionLayernorm;
    final Mlp mlp;

    Block(LlamaConfig config, int layer) {
        inputLayernorm = norm(config);
        selfAttn = new Attention(config, layer);
        postAttentionLayernorm = norm(config);
        mlp = new Mlp(config);
    }

    static Unary norm(LlamaConfig config) {
        return config.family() == Family.GEMMA ? new GemmaNorm(config.hiddenSize(), config.rmsNormEps())
                : new RmsNorm(config.hiddenSize(), config.rmsNormEps());
    }

    Tensor forward(Tensor x, Mask mask, Frequencies.Turn turn, KvCache cache) {
        Tensor y = x.add(selfAttn.forward(inputLayernorm.forward(x), mask, turn, cache));
        return y.add(mlp.forward(postAttentionLayernorm.forward(y)));
    }
}
