package dev.merapi.text.model.llama;

import dev.merapi.io.Nearest;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The members of the family, and what they differ in beside their settings. */
public enum Family {
    /** Touvron et al. 2023, arXiv:2307.09288; SmolLM is one too. */
    LLAMA("llama", "LlamaForCausalLM"),
    /** Jiang et al. 2023, arXiv:2310.06825: attention sees a window. */
    MISTRAL("mistral", "MistralForCausalLM"),
    /** Qwen 2 and 2.5, arXiv:2412.15115: queries, keys and values have a bias. */
    QWEN2("qwen2", "Qwen2ForCausalLM"),
    /** arXiv:2505.09388: each head's queries and keys are normalised. */
    QWEN3("qwen3", "Qwen3ForCausalLM"),
    /** The first, arXiv:2403.08295: scaled embeddings, and norms whose weights count from 1. */
    GEMMA("gemma", "GemmaForCausalLM");

    final String modelType;
    final String architecture;

    Family(String modelType, String architecture) {
        this.modelType = modelType;
        this.architecture = architecture;
    }

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
        throw new IllegalArgumentException("LlamaConfig.model_type: unknown " + modelType + ". Did you mean "
                + Nearest.to(modelType, known) + "? Known are " + known.stream().collect(Collectors.joining(", "))
                + ".");
    }
}
