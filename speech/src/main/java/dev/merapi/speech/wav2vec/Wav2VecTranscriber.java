package dev.merapi.speech.wav2vec;

import dev.merapi.nn.Layer;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.audio.AudioStream;
import dev.merapi.speech.transcript.SpokenText;
import dev.merapi.speech.transcript.TimedText;
import dev.merapi.speech.transcript.Transcriber;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Writes down speech by a {@link Wav2Vec}, the likeliest letter of each frame. Long sounds are heard in parts of 30
 * seconds, of which each is a segment.
 */
public final class Wav2VecTranscriber implements Transcriber {
    private static final int RATE = 16_000;
    private static final int PART = 30 * RATE; // samples that are heard together: attention is over all of them
    private static final double VARIANCE_EPS = 1e-7; // as Wav2Vec2FeatureExtractor

    private final Wav2Vec model;
    private final CtcLetters letters;

    private Wav2VecTranscriber(Wav2Vec model, CtcLetters letters) {
        this.model = model;
        this.letters = letters;
    }

    /** {@link #open(Path, Device)} on the CPU. */
    public static Wav2VecTranscriber open(Path folder) { return open(folder, Device.CPU); }

    /** Opens a folder as Hugging Face has it: {@code config.json}, the weights and {@code vocab.json}. */
    public static Wav2VecTranscriber open(Path folder, Device device) {
        var letters = CtcLetters.read(folder, Wav2VecConfig.read(folder));
        var model = Wav2Vec.load(folder);
        model.to(device);
        model.eval();
        return new Wav2VecTranscriber(model, letters);
    }

    /** The model itself. */
    public Wav2Vec model() { return model; }

    @Override public Optional<Layer> network() { return Optional.of(model); }

    @Override public int rate() { return RATE; }

    @Override public SpokenText transcribe(AudioStream sound) {
        Expect.that(sound.rate() == RATE && sound.channels() == 1, "Wav2VecTranscriber", "one channel of " + RATE
                + " Hz", sound.channels() + " of " + sound.rate() + " Hz; use mono() and resample(" + RATE + ")");
        var segments = new ArrayList<TimedText>();
        long done = 0;
        for (Audio part = sound.read(PART); part.length() > 0; part = sound.read(PART)) {
            String text = model.config().frames(part.length()) > 0 ? text(part.samples()) : "";
            double from = (double) done / RATE;
            done += part.length();
            if (!text.isEmpty()) segments.add(new TimedText(from, (double) done / RATE, text));
        }
        return new SpokenText("", segments);
    }

    private String text(float[] samples) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor x = Tensor.of(samples, 1, samples.length);
            Tensor centred = x.sub(x.mean());
            Tensor normal = centred.div(centred.square().mean().add(VARIANCE_EPS).sqrt());
            return letters.text(model.forward(normal.to(model.device())).argmax(-1).squeeze(0).toLongs());
        }
    }

    @Override public void close() { model.close(); }
}
