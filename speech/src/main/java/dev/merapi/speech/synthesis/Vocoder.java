package dev.merapi.speech.synthesis;

import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Runs;
import dev.merapi.speech.audio.Audio;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.List;

/** Makes sound of mel bands by a {@link HifiGenerator}; asked about a sound, it makes it again of its bands. */
public final class Vocoder implements Predictor<Audio, Audio> {
    private final HifiGenerator generator;
    private final VoiceProcessor processor;
    private final Runnable close;

    /** A generator that was trained on what the processor gives; it stays the caller's. */
    public Vocoder(HifiGenerator generator, VoiceProcessor processor) { this(generator, processor, () -> { }); }

    private Vocoder(HifiGenerator generator, VoiceProcessor processor, Runnable close) {
        this.generator = generator;
        this.processor = processor;
        this.close = close;
    }

    /**
     * The vocoder in the folder of a run.
     *
     * @throws IllegalArgumentException if there is no run of the recipe {@code vocoder} in the folder
     */
    public static Vocoder open(Path run) {
        var job = Runs.open(run);
        try {
            if (job.predictor() instanceof Vocoder of) {
                of.generator.eval();
                return new Vocoder(of.generator, of.processor, job::close);
            }
            throw new IllegalArgumentException(run + ": expected the run of vocoder. Received another's.");
        } catch (RuntimeException e) {
            job.close();
            throw e;
        }
    }

    /** What bands are to it. */
    public VoiceProcessor processor() { return processor; }

    /** Bands (M, T) as sound. */
    Audio audio(Tensor bands) {
        try (var _ = Scope.open(); var _ = generator.evaluating(); var _ = Torch.noGrad()) {
            return Audio.of(generator.forward(bands.unsqueeze(0).to(generator.device())).flatten(), processor.rate());
        }
    }

    @Override public Class<Audio> input() { return Audio.class; }

    @Override public Class<Audio> output() { return Audio.class; }

    @Override public List<Audio> predict(List<Audio> sounds) {
        return sounds.stream().map(sound -> {
            try (var _ = Scope.open()) {
                return audio(processor.bands(Tensor.of(sound.mono().resample(processor.rate()).samples())));
            }
        }).toList();
    }

    /** @param typed the path of a sound file */
    @Override public Audio parse(String typed) { return processor.read(Path.of(typed)); }

    /** Its length. */
    @Override public String format(Audio made) { return made.toString(); }

    @Override public void close() { close.run(); }
}
