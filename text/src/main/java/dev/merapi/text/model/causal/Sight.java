package dev.merapi.text.model.causal;

import dev.merapi.nn.F;
import dev.merapi.nn.KeysValues;
import dev.merapi.nn.Mask;
import dev.merapi.tensor.Tensor;

/**
 * What the tokens of a pass see in a layer. H heads, G groups of them, D head size.
 *
 * @param mask hides all else, where keys lie as {@link KvColumns} has them
 * @param window how many tokens are seen, the reading one among them; 0 for all before
 * @param cap of the scores, as {@link F#cappedAttention} has it; null for none
 * @param dropout of attention's weights, where there is no cap
 */
public record Sight(Mask mask, int window, Double cap, double dropout) {
    /** Of all tokens before, whatever their scores are. */
    public static Sight of(Mask mask, double dropout) { return new Sight(mask, 0, null, dropout); }


    /**
     * Attention of queries (B, H, T, D) to their own keys and values (B, G, T, D), which a cache takes in, and to those
     * before them in the cache, if there is one: (B, H, T, D).
     */
    public Tensor attend(KvCache cache, int layer, Tensor q, Tensor k, Tensor v) {
        return cache == null ? attend(q, new KeysValues(k, v)) : cache.attend(layer, q, k, v, this);
    }

    Tensor attend(Tensor q, KeysValues seen) {
        return cap == null ? F.attention(q, seen.keys(), seen.values(), mask, dropout)
                : F.cappedAttention(q, seen.keys(), seen.values(), mask, cap);
    }
}
