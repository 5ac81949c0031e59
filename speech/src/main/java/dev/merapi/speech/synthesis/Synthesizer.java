package dev.merapi.speech.synthesis;

import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Runs;
import dev.merapi.speech.audio.Audio;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.List;

/**
 * Says texts.
 *
 * <pre>{@code
 * try (var voice = Synthesizer.open(Path.of("runs/voice"))) {
 *     voice.predict("hello world").write(Path.of("hello.wav"));
 * }
 * }</pre>
 *
 * Samples are made of the voice's bands by {@link GriffinLim}, or better by a {@link Vocoder} that has heard the
 * speaker.
 */
public final class Synthesizer implements Predictor<String, Audio> {
    private final FastSpeech2 model;
    private final VoiceProcessor processor;
    private final Vocoder vocoder; // or null
    private final double speed;
    private final Runnable close;

    /** A model that was trained on what the processor gives; it stays the caller's. */
    public Synthesizer(FastSpeech2 model, VoiceProcessor processor) { this(model, processor, null, 1, () -> { }); }

    private Synthesizer(FastSpeech2 model, VoiceProcessor processor, Vocoder vocoder, double speed, Runnable close) {
        this.model = model;
        this.processor = processor;
        this.vocoder = vocoder;
        this.speed = speed;
        this.close = close;
    }

    /** {@link #open(Path, Device)} on the CPU. */
    public static Synthesizer open(Path run) { return open(run, Device.CPU); }

    /**
     * The voice in the folder of a run.
     *
     * @throws IllegalArgumentException if there is no run of {@code speech-synthesis} in the folder
     */
    public static Synthesizer open(Path run, Device device) {
        var job = Runs.open(run);
        try {
            if (job.predictor() instanceof Synthesizer of) {
                of.model.to(device);
                of.model.eval();
                return new Synthesizer(of.model, of.processor, null, 1, job::close);
            }
            throw new IllegalArgumentException(run + ": expected the run of speech-synthesis. Received another's.");
        } catch (RuntimeException e) {
            job.close();
            throw e;
        }
    }

    /** The same voice by another vocoder, which stays the caller's; null for {@link GriffinLim}. */
    public Synthesizer vocoder(Vocoder other) {
        Expect.that(other == null || other.processor().equals(processor), "Synthesizer.vocoder",
                "one that has learnt from " + processor, other == null ? null : other.processor());
        return new Synthesizer(model, processor, other, speed, close);
    }

    /** The same voice at another speed; 1 as it was learnt. */
    public Synthesizer speed(double times) {
        Expect.positive("Synthesizer.speed", times);
        return new Synthesizer(model, processor, vocoder, times, close);
    }

    /** What the voice learns of a recording. */
    VoiceProcessor processor() { return processor; }

    @Override public Class<String> input() { return String.class; }

    @Override public Class<Audio> output() { return Audio.class; }

    /** Each text as it is said; throws as {@link SpokenSymbols#encode}. */
    @Override public List<Audio> predict(List<String> texts) { return texts.stream().map(this::say).toList(); }

    private Audio say(String text) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            return audio(bands(text));
        }
    }

    /** (bands, T). */
    Tensor bands(String text) {
        try (var _ = model.evaluating()) {
            return model.say(processor.symbols().encode(text), speed).transpose(0, 1).to(Device.CPU);
        }
    }

    Audio audio(Tensor bands) {
        if (vocoder != null) return vocoder.audio(bands);
        Tensor samples = GriffinLim.DEFAULT.samples(processor.magnitudes(bands), processor.stft());
        return Audio.of(samples, processor.rate());
    }

    /** The mean over recordings, each said again, in decibels. */
    double distortion(SpokenLines lines) {
        double sum = 0;
        for (var clip : lines.clips()) {
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                Tensor heard = processor.bands(Tensor.of(processor.read(clip.file()).samples()));
                Tensor said = processor.bands(Tensor.of(predict(clip.text()).samples()));
                sum += MelCepstralDistortion.between(processor.logs(said), processor.logs(heard));
            }
        }
        return sum / lines.clips().size();
    }

    @Override public String parse(String typed) { return typed; }

    /** Its length; {@code merapi say} writes the sound. */
    @Override public String format(Audio said) { return said.toString(); }

    @Override public void close() { close.run(); }
}
