package dev.merapi.speech.pipeline;

import dev.merapi.nn.Layer;
import dev.merapi.speech.decode.Hypothesis;
import dev.merapi.speech.decode.NGramModel;
import dev.merapi.speech.model.SpeechBatch;
import dev.merapi.tensor.Tensor;
import java.util.List;

/** A network that recognises, whatever its kind. */
public interface Ear {
    /**
     * How texts are searched for.
     *
     * @param beam texts that are followed at once; 1 is greedy, without the language model
     * @param model of words, or null
     * @param weight of its logarithms
     * @param bonus for each word
     */
    record Search(int beam, NGramModel model, double weight, double bonus) {
        /** The most probable symbol each time. */
        public static final Search GREEDY = new Search(1, null, 0, 0);

        boolean isGreedy() { return beam == 1; }
    }

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
    List<Heard> hear(SpeechBatch batch, Search search);

    /** Frames of features that become one. */
    int shrink();
}
