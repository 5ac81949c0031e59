package dev.merapi.text.model.llama;

import dev.merapi.io.Nearest;
import java.util.Arrays;
import java.util.Set;

/** The members of the family, and what they differ in beside their settings. */
public enum Family {
    /** Touvron et al. 2023, arXiv:2307.09288; SmolLM is one too. */
    LLAMA("llama", "LlamaForCausalLM"),
    /** Jiang et al. 2023, arXiv:2310.06825: attention sees a window. */
    MISTRAL("mistral", "MistralForCausalLM"),
    /** Qwen 2 and 2.5, arXiv:2412.15115. */
    QWEN2("qwen2", "Qwen2ForCausalLM", Trait.BIASES, Trait.WINDOW_SWITCH),
    /** arXiv:2505.09388. */
    QWEN3("qwen3", "Qwen3ForCausalLM", Trait.HEAD_NORMS, Trait.WINDOW_SWITCH),
    /** The first, arXiv:2403.08295. */
    GEMMA("gemma", "GemmaForCausalLM", Trait.GEMMA),
    /** arXiv:2408.00118: scores are capped, and every other layer sees a window. */
    GEMMA2("gemma2", "Gemma2ForCausalLM", Trait.GEMMA, Trait.OUTER_NORMS),
    /** Its text model, arXiv:2503.19786: five of six layers see a window, with positions of their own. */
    GEMMA3("gemma3_text", "Gemma3ForCausalLM", Trait.GEMMA, Trait.OUTER_NORMS, Trait.HEAD_NORMS);

    /** What several members have, and no setting says. */
    enum Trait {
        /** Queries, keys and values have one. */
        BIASES,
        /** Each head's queries and keys are normalised. */
        HEAD_NORMS,
        /** Norms stand behind attention and feed-forward net too. */
        OUTER_NORMS,
        /** There is no window unless {@code use_sliding_window} says so. */
        WINDOW_SWITCH,
        /** Scaled embeddings, norms whose weights count from 1, and the approximate GELU. */
        GEMMA
    }

    final String modelType;
    final String architecture;
    private final Set<Trait> traits;

    Family(String modelType, String architecture, Trait... traits) {
        this.modelType = modelType;
        this.architecture = architecture;
        this.traits = Set.of(traits);
    }

    boolean has(Trait trait) { return traits.contains(trait); }

    /** Whether a {@code model_type} is in this family. */
    public static boolean has(String modelType) {
        return Arrays.stream(values()).anyMatch(family -> family.modelType.equals(modelType));
    }

    /**
     * The member of a {@code model_type}.
     *
     * @throws IllegalArgumentException if there is none, with the nearest
     */
    static Family of(String modelType) {
        for (var family : values()) if (family.modelType.equals(modelType)) return family;
        var known = Arrays.stream(values()).map(family -> family.modelType).toList();
        throw new IllegalArgumentException("LlamaConfig.model_type: unknown " + modelType + "."
                + Nearest.near(modelType, known).map(n -> " Did you mean " + n + "?").orElse("")
                + " Known are " + String.join(", ", known) + ".");
    }
}
