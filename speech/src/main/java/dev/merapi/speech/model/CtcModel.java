package dev.merapi.speech.model;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Signed;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.List;

/** A network that scores symbols in each frame, to be trained by CTC; class 0 is the blank. */
public abstract class CtcModel extends Layer implements Signed {
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

    /** Features of a frame, F. */
    public abstract int features();

    @Override public final Signature signature() {
        var lengths = new Signature.Input("lengths", DType.INT64, List.of("batch"),
                shape -> Tensor.ones(DType.INT64, shape));
        return new Signature(this, List.of(Signature.floats("features", "batch", features(), "frames"), lengths),
                List.of("scores", "score_lengths"), x -> {
                    var output = forward(x.get(0), x.get(1));
                    return List.of(output.scores(), output.lengths());
                });
    }

    /** Frames that come out of so many. */
    public abstract long frames(long in);
}
