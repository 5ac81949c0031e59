package dev.merapi.speech.model;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Tensor;

/** A network that scores symbols in each frame, to be trained by CTC; class 0 is the blank. */
public abstract class CtcModel extends Layer {
    /**
     * Scores of symbols.
     *
     * @param scores (B, frames, classes), before the softmax
     * @param lengths frames of each recording that count (B), int64
     */
    public record Output(Tensor scores, Tensor lengths) {}

    /**
     * @param x features (B, F, T), 0 behind the end
     * @param lengths frames of each (B), int64
     */
    public abstract Output forward(Tensor x, Tensor lengths);

    /** Frames that come out of so many. */
    public abstract long frames(long in);
}
