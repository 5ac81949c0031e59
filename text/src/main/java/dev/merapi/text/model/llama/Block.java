package dev.merapi.text.model.llama;

import dev.merapi.nn.Layer;
import dev.merapi.nn.RmsNorm;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.causal.KvCache;
import dev.merapi.text.model.causal.Sight;
import dev.merapi.text.model.llama.Family.Trait;
import dev.merapi.text.model.llama.Frequencies.Rotation;

/**
 * Attention and a feed-forward net, each behind a norm and beside a residual path; from Gemma 2 on, another norm stands
 * behind each. Shapes: x (B, T, E) to the same.
 */
final class Block extends Layer {
    Unary inputLayernorm;
    Attention selfAttn;
    Unary postAttentionLayernorm; // behind attention, or in front of the feed-forward net if there are but two
    Unary preFeedforwardLayernorm; // or null
    Unary mlp;
    Unary postFeedforwardLayernorm; // or null

    Block(LlamaConfig config) {
        boolean outer = config.family().has(Trait.OUTER_NORMS);
        inputLayernorm = norm(config, config.hiddenSize());
        selfAttn = new Attention(config);
        postAttentionLayernorm = norm(config, config.hiddenSize());
        preFeedforwardLayernorm = outer ? norm(config, config.hiddenSize()) : null;
        mlp = new Mlp(config);
        postFeedforwardLayernorm = outer ? norm(config, config.hiddenSize()) : null;
    }

    static Unary norm(LlamaConfig config, int dim) {
        return config.family().has(Trait.GEMMA) ? new GemmaNorm(dim, config.rmsNormEps())
                : new RmsNorm(dim, config.rmsNormEps());
    }

    /** @param layer its place in the cache */
    Tensor forward(Tensor x, Sight sight, Rotation rotation, KvCache cache, int layer) {
        Tensor seen = selfAttn.forward(inputLayernorm.forward(x), sight, rotation, cache, layer);
        if (preFeedforwardLayernorm == null) {
            Tensor y = x.add(seen);
            return hooked(y.add(mlp.forward(postAttentionLayernorm.forward(y))), x);
        }
        Tensor y = x.add(postAttentionLayernorm.forward(seen));
        Tensor fed = postFeedforwardLayernorm.forward(mlp.forward(preFeedforwardLayernorm.forward(y)));
        return hooked(y.add(fed), x);
    }
}
