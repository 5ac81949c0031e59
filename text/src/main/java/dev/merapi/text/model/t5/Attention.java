package dev.merapi.text.model.t5;

import dev.merapi.nn.Embedding;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.KeysValues;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mask;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/**
 * Attention without biases and without 1 / √D on the scores; the first of a stack holds the bias of distances, which
 * all of the stack add.
 *
 * <p>B batch, T queries, S keys, E width, H heads, D head size.
 */
final class Attention extends Layer {
    Unary q; // E to H · D
    Unary k;
    Unary v;
    Unary o; // H · D to E
    Unary relativeAttentionBias; // (buckets, H), or null
    private final T5Config config;

    Attention(T5Config config, boolean biased) {
        int width = config.dModel(), inner = config.numHeads() * config.dKv();
        this.config = config;
        q = linear(width, inner, Math.pow((double) width * config.dKv(), -0.5));
        k = linear(width, inner, Math.pow(width, -0.5));
        v = linear(width, inner, Math.pow(width, -0.5));
        o = linear(inner, width, Math.pow(inner, -0.5));
        if (!biased) return;
        var table = new Embedding(config.relativeAttentionNumBuckets(), config.numHeads());
        normal(Math.pow(width, -0.5)).apply(table.params().get("weight"));
        relativeAttentionBias = table;
    }

    private Linear linear(int in, int out, double std) { return linear(in, out, normal(std)); }

    private Init normal(double std) { return Init.normal(0, config.initializerFactor() * std); }

    /** Without a bias. */
    static Linear linear(int in, int out, Init init) {
        var linear = new Linear(in, out, false);
        init.apply(linear.params().get("weight"));
        return linear;
    }

    /** Keys and values of what is read: x (B, S, E). */
    KeysValues keysValues(Tensor x) { return new KeysValues(split(k.forward(x)), split(v.forward(x))); }

    /** x (B, T, E) to the same. */
    Tensor forward(Tensor x, KeysValues seen, Mask mask) {
        Tensor queries = split(q.forward(x)).mul(Math.sqrt(config.dKv())); // F.attention divides by it
        Tensor y = F.attention(queries, seen.keys(), seen.values(), mask, isTraining() ? config.dropoutRate() : 0);
        return hooked(o.forward(y.transpose(1, 2).flatten(2, 3)), x);
    }

    private Tensor split(Tensor x) { return x.unflatten(2, -1, config.dKv()).transpose(1, 2); } // (B, H, T, D)
}
