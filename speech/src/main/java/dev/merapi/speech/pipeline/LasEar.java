package dev.merapi.speech.pipeline;

import dev.merapi.nn.Layer;
import dev.merapi.speech.data.Alphabet;
import dev.merapi.speech.decode.Hypothesis;
import dev.merapi.speech.model.LasDecoder;
import dev.merapi.speech.model.ListenAttendSpell;
import dev.merapi.speech.model.SpeechBatch;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Recognises by Listen, Attend and Spell; a language model chooses between the texts that it thinks of. */
public record LasEar(ListenAttendSpell network, Alphabet alphabet) implements Ear {
    @Override public Layer model() { return network; }

    @Override public List<Heard> hear(SpeechBatch batch, Search search) {
        var heard = network.listen(batch.x(), batch.lengths());
        var decoder = new LasDecoder(network, alphabet, search.beam());
        var frames = network.frameScores(heard);
        if (search.isGreedy()) {
            var texts = decoder.greedy(heard);
            return pairs(texts, frames);
        }
        var texts = new ArrayList<Hypothesis>();
        for (int i = 0; i < batch.size(); i++) texts.add(best(decoder.search(heard.one(i)), search));
        return pairs(texts, frames);
    }

    private static List<Heard> pairs(List<Hypothesis> texts, List<Tensor> frames) {
        var all = new ArrayList<Heard>();
        for (int i = 0; i < texts.size(); i++) {
            all.add(new Heard(texts.get(i), frames.isEmpty() ? null : frames.get(i)));
        }
        return all;
    }

    private static Hypothesis best(List<Hypothesis> texts, Search search) {
        if (search.model() == null) return texts.getFirst();
        return texts.stream().max(Comparator.comparingDouble(text -> weighed(text, search))).orElseThrow();
    }

    private static double weighed(Hypothesis text, Search search) {
        int words = text.text().isBlank() ? 0 : text.text().strip().split("\\s+").length;
        return text.acoustic() + search.weight() * Math.log(10) * search.model().log10(text.text())
                + search.bonus() * words;
    }

    @Override public int shrink() { return 1 << network.config().pyramid(); }
}
