package dev.merapi.text.model.classify;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Tensor;

/** A network from padded texts to classes. */
public abstract class TextNet extends Layer {
    private final int classes;

    TextNet(int classes) {
        if (classes < 2) {
            throw new IllegalArgumentException(getClass().getSimpleName() + ": expected at least 2 classes. Received "
                    + classes);
        }
        this.classes = classes;
    }

    public final int classes() { return classes; }

    /**
     * Logits (B, classes).
     *
     * @param ids tokens (B, T), int64, filled up at the end
     * @param lengths of each text (B), int64, at least 1
     */
    public abstract Tensor forward(Tensor ids, Tensor lengths);
}
