package dev.merapi.speech.recipe;

import dev.merapi.data.Dataset;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.augment.SpecAugment;
import dev.merapi.speech.augment.SpeedChange;
import dev.merapi.speech.data.Utterance;
import dev.merapi.speech.model.SpeechBatch;
import dev.merapi.speech.pipeline.SpeechProcessor;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.random.RandomGenerator;

/** Recordings as a network hears them; in training at random speeds and with holes. */
record Clips(List<Utterance> utterances, SpeechProcessor processor, boolean augment)
        implements Dataset<SpeechBatch.Sample> {
    private static final SpeedChange SPEED = new SpeedChange(0.9, 1.1); // Ko et al. 2015

    @Override public int size() { return utterances.size(); }

    @Override public SpeechBatch.Sample get(int index) { return sample(index, null); }

    @Override public SpeechBatch.Sample get(int index, RandomGenerator random) {
        return sample(index, augment ? random : null);
    }

    private SpeechBatch.Sample sample(int index, RandomGenerator random) {
        var utterance = utterances.get(index);
        var audio = Audio.read(utterance.audio(), processor.rate());
        if (random != null) audio = SPEED.apply(audio, random);
        try (var scope = Scope.open()) {
            Tensor x = processor.of(audio);
            if (random != null) x = holes().apply(x, random);
            return new SpeechBatch.Sample(scope.keep(x), processor.alphabet().encode(utterance.text()),
                    utterance.text());
        }
    }

    private SpecAugment holes() { return new SpecAugment(2, processor.mels() / 5, 2, 25, 0.1); }
}
