package dev.merapi.speech.pipeline;

import dev.merapi.nn.Layer;
import dev.merapi.speech.decode.DecodeOptions;
import dev.merapi.speech.decode.Hypothesis;
import dev.merapi.speech.model.SpeechBatch;
import dev.merapi.tensor.Tensor;
import java.util.List;

/** A network that recognises, whatever its kind. */
public interface Ear {
    /**
     * What was heard.
     *
     * @param best text
     * @param frames log-probabilities (frames, classes) for the words' times, or null where the model has none
     */
    record Heard(Hypothesis best, Tensor frames) {}

    /** Its layers. */
    Layer model();

    /** What each recording says. */
    List<Heard> hear(SpeechBatch batch, DecodeOptions options);

    /** Frames of features that become one. */
    int shrink();
}
