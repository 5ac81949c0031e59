package dev.merapi.recipe;

import dev.merapi.nn.Change;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Torch;
import java.util.Locale;

/** In how many bits a trained model keeps its weights once it is open, without data: the setting {@code quantize}. */
public enum Bits {
    /** As the model's folder says, where nothing else is said in float32. */
    NONE,
    /** In 16 bits, and multiplied so, if it is a language model. */
    BFLOAT16,
    /** In 8 bits, rounded as they are read; see {@link Change#by}. */
    INT8,
    /** In 4 bits, likewise. */
    INT4;

    /** In which weights of language models are read. */
    public DType type() { return this == BFLOAT16 ? DType.BFLOAT16 : Torch.dtype(); }

    /** Whether weights are rounded. */
    public boolean rounds() { return this == INT8 || this == INT4; }

    /**
     * Rounds the weights of a model that is open, if these bits are such.
     *
     * @param name of the model, for errors
     * @throws IllegalArgumentException if its layers cannot be had, and as {@link #round(String, Layer)}
     */
    public void round(String name, Predictor<?, ?> model) {
        if (!rounds()) return;
        round(name, model.network().orElseThrow(() -> Expect.error("quantize", "models whose layers can be changed",
                name + ", which can only be asked")));
    }

    /**
     * The same of layers.
     *
     * @throws IllegalArgumentException if none of them can be rounded, and where the module is missing that rounds
     */
    public void round(String name, Layer model) {
        if (!rounds()) return;
        try {
            Change.by(toString(), model);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("quantize: " + name + " cannot be rounded: " + e.getMessage(), e);
        }
    }

    /** As in settings. */
    @Override public String toString() { return name().toLowerCase(Locale.ROOT); }
}
