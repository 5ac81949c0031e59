package dev.merapi.speech.pipeline;

import dev.merapi.nn.Layer;
import dev.merapi.speech.data.Alphabet;
import dev.merapi.speech.decode.CtcGreedy;
import dev.merapi.speech.decode.DecodeOptions;
import dev.merapi.speech.decode.Hypothesis;
import dev.merapi.speech.decode.PrefixBeamSearch;
import dev.merapi.speech.model.CtcModel;
import dev.merapi.speech.model.CtcTask;
import dev.merapi.speech.model.SpeechBatch;
import dev.merapi.tensor.Tensor;
import java.util.List;

/** Recognises by a network that CTC trained. */
public record CtcEar(CtcModel network, Alphabet alphabet) implements Ear {
    @Override public Layer model() { return network; }

    @Override public List<Heard> hear(SpeechBatch batch, DecodeOptions options) {
        var frames = CtcTask.logProbabilities(network.forward(batch.x(), batch.lengths()));
        return frames.stream().map(scores -> new Heard(best(scores, options), scores)).toList();
    }

    private Hypothesis best(Tensor scores, DecodeOptions options) {
        return options.isGreedy() ? new CtcGreedy(alphabet).best(scores)
                : new PrefixBeamSearch(alphabet, options).best(scores);
    }

    @Override public int shrink() { return Math.toIntExact(Math.round(1200.0 / network.frames(1200))); }
}
