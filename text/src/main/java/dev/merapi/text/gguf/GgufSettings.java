package dev.merapi.text.gguf;

import dev.merapi.tensor.Expect;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.GemmaConfig;
import dev.merapi.text.model.llama.LlamaConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The settings of a model, as GGUF has them and as {@link LlamaConfig} does. */
final class GgufSettings {
    /** By what the frequencies of positions are divided, where a file has such. */
    static final String ROPE_FACTORS = "rope_freqs.weight";

    private static final Map<String, Family> FAMILIES = new TreeMap<>(Map.of("llama", Family.LLAMA, "qwen2",
            Family.QWEN2, "qwen3", Family.QWEN3, "gemma", Family.GEMMA, "gemma2", Family.GEMMA2, "gemma3",
            Family.GEMMA3));
    private static final int MOST_LAYERS = 1000; // far more than any has
    private static final int LARGEST_GEMMA2 = 46, LARGEST_GEMMA3 = 62; // layers of those that scale by their width

    private final GgufFile file;
    private final String architecture;

    GgufSettings(GgufFile file) {
        this.file = file;
        Object said = file.metadata().get("general.architecture");
        architecture = String.valueOf(said);
        Expect.that(FAMILIES.containsKey(architecture), "general.architecture", "one of " + FAMILIES.keySet(), said);
        Expect.that(!file.metadata().containsKey(architecture + ".expert_count") || whole("expert_count", 0) == 0,
                architecture + ".expert_count", "a model without experts", whole("expert_count", 0));
    }

    /** The settings of the model in the file. */
    LlamaConfig config() {
        var family = FAMILIES.get(architecture);
        Expect.that(file.names().contains("token_embd.weight"), "tensors", "token_embd.weight", "none");
        int vocabulary = (int) file.shape("token_embd.weight")[0];
        int width = whole("embedding_length"), heads = whole("attention.head_count");
        int layers = whole("block_count");
        Expect.that(layers <= MOST_LAYERS, architecture + ".block_count", "at most " + MOST_LAYERS, layers);
        int head = whole("attention.key_length", heads > 0 ? width / heads : 0);
        int context = whole("context_length");
        var base = LlamaConfig.of(family, vocabulary, width, whole("feed_forward_length"), layers, heads,
                whole("attention.head_count_kv", heads));
        boolean tied = !file.names().contains("output.weight");
        boolean biased = family == Family.LLAMA && file.names().contains("blk.0.attn_q.bias");
        int window = whole("attention.sliding_window", 0);
        return new LlamaConfig(base.modelType(), base.architectures(), vocabulary, width, base.intermediateSize(),
                layers, heads, base.numKeyValueHeads(), head, base.hiddenAct(), context, base.initializerRange(),
                number("attention.layer_norm_rms_epsilon", 1e-6), number("rope.freq_base", base.ropeTheta()),
                scaling(context), null, biased, false, tied, window > 0 && base.slidingWindow() != null ? window : null,
                false, base.layerTypes(), id("bos"), id("eos"), gemma(family, layers, width / heads, head));
    }

    private GemmaConfig gemma(Family family, int layers, int share, int head) {
        int scalar = layers == LARGEST_GEMMA2 && family == Family.GEMMA2
                || layers == LARGEST_GEMMA3 && family == Family.GEMMA3 ? share : head;
        return switch (family) {
            case GEMMA2 -> new GemmaConfig(scalar, number("attn_logit_softcapping", 50),
                    number("final_logit_softcapping", 30), null);
            case GEMMA3 -> new GemmaConfig(scalar, null, null, 10_000.0);
            default -> GemmaConfig.NONE;
        };
    }

    private Map<String, Object> scaling(int context) {
        if (file.names().contains(ROPE_FACTORS)) {
            var factors = new ArrayList<Double>();
            try (var tensor = file.tensor(ROPE_FACTORS)) {
                for (double factor : tensor.toDoubles()) factors.add(factor);
            }
            return Map.of("rope_type", "longrope", "short_factor", factors, "long_factor", factors, "factor", 1.0,
                    "attention_factor", 1.0, "original_max_position_embeddings", context);
        }
        Object type = file.metadata().getOrDefault(architecture + ".rope.scaling.type", "none");
        if (type.equals("none")) return null;
        var scaling = new LinkedHashMap<String, Object>(Map.of("rope_type", type));
        scaling.put("factor", number("rope.scaling.factor", 1));
        int original = whole("rope.scaling.original_context_length", 0);
        if (original > 0) scaling.put("original_max_position_embeddings", original);
        return scaling;
    }

    private Object id(String name) {
        return file.metadata().get("tokenizer.ggml." + name + "_token_id") instanceof Number id ? id.intValue() : null;
    }

    private int whole(String key) {
        Object value = file.metadata().get(architecture + "." + key);
        boolean good = value instanceof Long number && number >= 0 && number <= Integer.MAX_VALUE;
        Expect.that(good, architecture + "." + key, "a whole number from 0", value == null ? "none" : value);
        return ((Long) value).intValue();
    }

    private int whole(String key, int usual) {
        return file.metadata().containsKey(architecture + "." + key) ? whole(key) : usual;
    }

    private double number(String key, double usual) {
        Object value = file.metadata().getOrDefault(architecture + "." + key, usual);
        if (value instanceof Float f) return Double.parseDouble(f.toString()); // 1e-5 is what was meant
        if (value instanceof Number n) return n.doubleValue();
        throw Expect.error(architecture + "." + key, "a number", value);
    }

    /** What a file says of a model. */
    static Map<String, Object> of(LlamaConfig config, GgmlType type) {
        String architecture = architecture(config);
        var settings = new LinkedHashMap<String, Object>();
        settings.put("general.architecture", architecture);
        settings.put("general.file_type", switch (type) {
            case F32 -> 0;
            case F16 -> 1;
            case Q4_0 -> 2;
            case Q8_0 -> 7;
            default -> throw Expect.error("GgufModel.write", "the type F32, F16, Q8_0 or Q4_0", type);
        });
        boolean mistral = config.modelType().equals("mistral") && config.slidingWindow() != null;
        int context = config.maxPositionEmbeddings(); // llama.cpp's llama knows no window: up to it all is the same
        settings.put(architecture + ".context_length", mistral ? Math.min(config.slidingWindow(), context) : context);
        settings.put(architecture + ".embedding_length", config.hiddenSize());
        settings.put(architecture + ".block_count", config.numHiddenLayers());
        settings.put(architecture + ".feed_forward_length", config.intermediateSize());
        settings.put(architecture + ".attention.head_count", config.numAttentionHeads());
        settings.put(architecture + ".attention.head_count_kv", config.groups());
        settings.put(architecture + ".attention.key_length", config.headSize());
        settings.put(architecture + ".attention.value_length", config.headSize());
        settings.put(architecture + ".attention.layer_norm_rms_epsilon", (float) config.rmsNormEps());
        settings.put(architecture + ".rope.dimension_count", config.headSize());
        settings.put(architecture + ".rope.freq_base", (float) config.ropeTheta());
        settings.put(architecture + ".vocab_size", config.vocabSize());
        if (hasOuterNorms(config) && config.slidingWindow() != null) {
            settings.put(architecture + ".attention.sliding_window", config.slidingWindow());
        }
        if (architecture.equals("gemma2")) {
            settings.put("gemma2.attn_logit_softcapping", config.gemma().attnLogitSoftcapping().floatValue());
            settings.put("gemma2.final_logit_softcapping", config.gemma().finalLogitSoftcapping().floatValue());
        }
        scaling(settings, architecture, config);
        return settings;
    }

    private static void scaling(Map<String, Object> settings, String architecture, LlamaConfig config) {
        Map<String, Object> scaling = config.ropeScaling() != null ? config.ropeScaling() : config.ropeParameters();
        Object type = scaling == null ? "default" : scaling.getOrDefault("rope_type", scaling.get("type"));
        if (type == null || type.equals("default")) return;
        Expect.that(type.equals("linear"), "GgufModel.write", "positions that are not stretched, or linearly", type);
        settings.put(architecture + ".rope.scaling.type", type);
        settings.put(architecture + ".rope.scaling.factor", ((Number) scaling.get("factor")).floatValue());
    }

    private static String architecture(LlamaConfig config) {
        return switch (config.modelType()) {
            case "mistral" -> "llama";
            case "gemma3_text" -> "gemma3";
            default -> config.modelType();
        };
    }

    /** Whether rows of queries and keys stand in another order. */
    static boolean isTurned(LlamaConfig config) { return architecture(config).equals("llama"); }

    /** Whether files hold norms' weights with the 1 that the model adds. */
    static boolean countsFromOne(LlamaConfig config) { return architecture(config).startsWith("gemma"); }

    static boolean hasOuterNorms(LlamaConfig config) {
        return List.of("gemma2", "gemma3").contains(architecture(config));
    }
}
