package dev.merapi.text.gguf;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The names of tensors in GGUF files and in Hugging Face's. */
final class GgufNames {
    private static final Pattern BLOCK = Pattern.compile("blk\\.(\\d+)\\.(\\w+)\\.(weight|bias)");
    private static final Map<String, String> SHARED = Map.of(
            "token_embd.weight", "model.embed_tokens.weight",
            "output_norm.weight", "model.norm.weight",
            "output.weight", "lm_head.weight");
    private static final Map<String, String> WITHIN = Map.ofEntries(
            Map.entry("attn_norm", "input_layernorm"),
            Map.entry("attn_q", "self_attn.q_proj"),
            Map.entry("attn_k", "self_attn.k_proj"),
            Map.entry("attn_v", "self_attn.v_proj"),
            Map.entry("attn_output", "self_attn.o_proj"),
            Map.entry("attn_q_norm", "self_attn.q_norm"),
            Map.entry("attn_k_norm", "self_attn.k_norm"),
            Map.entry("ffn_norm", "post_attention_layernorm"),
            Map.entry("ffn_gate", "mlp.gate_proj"),
            Map.entry("ffn_up", "mlp.up_proj"),
            Map.entry("ffn_down", "mlp.down_proj"));
    /** Gemma 2 and 3 have two norms more. */
    private static final Map<String, String> OUTER = Map.of(
            "post_attention_norm", "post_attention_layernorm",
            "ffn_norm", "pre_feedforward_layernorm",
            "post_ffw_norm", "post_feedforward_layernorm");

    private GgufNames() {}

    /** The other name, or the same where there is none. */
    static String theirs(String name, boolean outerNorms) {
        if (SHARED.containsKey(name)) return SHARED.get(name);
        var found = BLOCK.matcher(name);
        if (!found.matches()) return name;
        String own = within(outerNorms).get(found.group(2));
        return own == null ? name : "model.layers." + found.group(1) + "." + own + "." + found.group(3);
    }

    /** The way back. */
    static Map<String, String> ours(int layers, boolean outerNorms) {
        var names = new LinkedHashMap<String, String>();
        SHARED.forEach((gguf, hub) -> names.put(hub, gguf));
        for (int i = 0; i < layers; i++) {
            int layer = i;
            within(outerNorms).forEach((gguf, hub) -> {
                for (String part : new String[] {"weight", "bias"}) {
                    names.put("model.layers." + layer + "." + hub + "." + part, "blk." + layer + "." + gguf + "."
                            + part);
                }
            });
        }
        return names;
    }

    private static Map<String, String> within(boolean outerNorms) {
        if (!outerNorms) return WITHIN;
        var all = new LinkedHashMap<>(WITHIN);
        all.putAll(OUTER);
        return all;
    }
}
