package dev.merapi.speech.pipeline;

import dev.merapi.nn.Layer;
import dev.merapi.speech.data.Alphabet;
import dev.merapi.speech.decode.DecodeOptions;
import dev.merapi.speech.decode.Hypothesis;
import dev.merapi.speech.model.LasDecoder;
import dev.merapi.speech.model.ListenAttendSpell;
import dev.merapi.speech.model.SpeechBatch;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Recognises by Listen, Attend and Spell. */
public record LasEar(ListenAttendSpell network, Alphabet alphabet) implements Ear {
    @Override public Layer model() { return network; }

    @Override public List<Heard> hear(SpeechBatch batch, DecodeOptions options) {
        var heard = network.listen(batch.x(), batch.lengths());
        var decoder = new LasDecoder(network, alphabet, options);
        return pairs(options.isGreedy() ? decoder.greedy(heard) : IntStream.range(0, batch.size())
                .mapToObj(i -> decoder.search(heard.one(i)).getFirst()).toList(), network.frameScores(heard));
    }

    private static List<Heard> pairs(List<Hypothesis> texts, List<Tensor> frames) {
        var all = new ArrayList<Heard>();
        for (int i = 0; i < texts.size(); i++) {
            all.add(new Heard(texts.get(i), frames.isEmpty() ? null : frames.get(i)));
        }
        return all;
    }

    @Override public int shrink() { return 1 << network.config().pyramid(); }
}
