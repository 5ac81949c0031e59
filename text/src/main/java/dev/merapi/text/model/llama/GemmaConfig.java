package dev.merapi.text.model.llama;

import java.util.Map;

/**
 * Settings that Gemma 2 and 3 alone have; in {@code config.json} they stand among those of {@link LlamaConfig}. Each is
 * null where the model does without.
 *
 * @param queryPreAttnScalar scores are divided by its root, rather than by that of a head's size
 * @param attnLogitSoftcapping c, which keeps scores within ±c as c · tanh(score / c)
 * @param finalLogitSoftcapping the same for the last layer's logits
 * @param ropeLocalBaseFreq base of the positions' wavelengths in layers that see a window
 */
public record GemmaConfig(Integer queryPreAttnScalar, Double attnLogitSoftcapping, Double finalLogitSoftcapping,
        Double ropeLocalBaseFreq) {
    /** For all other families. */
    public static final GemmaConfig NONE = new GemmaConfig(null, null, null, null);
    public static final GemmaConfig GEMMA2 = new GemmaConfig(256, 50.0, 30.0, null);
    public static final GemmaConfig GEMMA3 = new GemmaConfig(256, null, null, 10_000.0);

    static GemmaConfig of(Family family) {
        return switch (family) {
            case GEMMA2 -> GEMMA2;
            case GEMMA3 -> GEMMA3;
            default -> NONE;
        };
    }

    /** Without the caps that a file has as null, which means none. */
    GemmaConfig without(Map<String, Object> file) {
        return new GemmaConfig(queryPreAttnScalar,
                file.containsKey("attn_logit_softcapping") ? null : attnLogitSoftcapping,
                file.containsKey("final_logit_softcapping") ? null : finalLogitSoftcapping, ropeLocalBaseFreq);
    }
}
