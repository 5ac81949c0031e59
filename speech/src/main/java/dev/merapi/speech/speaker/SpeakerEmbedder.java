package dev.merapi.speech.speaker;

import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Runs;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.clip.SoundProcessor;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Gatherers;

/**
 * The vector of the voice in a sound.
 *
 * <pre>{@code
 * try (var voices = SpeakerEmbedder.open(Path.of("runs/voices"))) {
 *     IO.println(voices.similarity(Audio.read(Path.of("a.wav")), Audio.read(Path.of("b.wav"))));   // 0.83
 * }
 * }</pre>
 */
public final class SpeakerEmbedder implements Predictor<Audio, float[]> {
    private static final int BATCH = 32; // sounds that are heard together

    private final EcapaTdnn model;
    private final SoundProcessor processor;
    private final Runnable close;

    /** A model that was trained on what the processor gives; it stays the caller's. */
    public SpeakerEmbedder(EcapaTdnn model, SoundProcessor processor) { this(model, processor, () -> { }); }

    private SpeakerEmbedder(EcapaTdnn model, SoundProcessor processor, Runnable close) {
        this.model = model;
        this.processor = processor;
        this.close = close;
    }

    /**
     * The model in the folder of a run.
     *
     * @throws IllegalArgumentException if there is no run of {@code speaker-verification} in the folder
     */
    public static SpeakerEmbedder open(Path run) {
        var job = Runs.open(run);
        try {
            if (job.predictor() instanceof SpeakerEmbedder of) {
                of.model.eval();
                return new SpeakerEmbedder(of.model, of.processor, job::close);
            }
            throw new IllegalArgumentException(run + ": expected the run of speaker-verification. Received another's.");
        } catch (RuntimeException e) {
            job.close();
            throw e;
        }
    }

    @Override public Class<Audio> input() { return Audio.class; }

    @Override public Class<float[]> output() { return float[].class; }

    /** The vector of each sound, of length 1; of one that is longer than a clip, its loudest part's. */
    @Override public List<float[]> predict(List<Audio> sounds) {
        return sounds.stream().gather(Gatherers.windowFixed(BATCH)).flatMap(some -> batch(some).stream()).toList();
    }

    private List<float[]> batch(List<Audio> sounds) {
        try (var _ = Scope.open(); var _ = model.evaluating(); var _ = Torch.noGrad()) {
            var x = processor.batch(sounds.stream().map(processor::fit).toList());
            float[] flat = model.forward(x.to(model.device())).toFloats();
            int width = model.width();
            var vectors = new ArrayList<float[]>();
            for (int i = 0; i < sounds.size(); i++) {
                vectors.add(Arrays.copyOfRange(flat, i * width, (i + 1) * width));
            }
            return vectors;
        }
    }

    /** The cosine of two voices' vectors, from -1 to 1: one speaker's is near 1. */
    public double similarity(Audio a, Audio b) {
        var both = predict(List.of(a, b));
        return EqualErrorRate.cosine(both.getFirst(), both.getLast());
    }

    /** @param typed the path of a sound file */
    @Override public Audio parse(String typed) { return processor.read(Path.of(typed)); }

    /** The numbers, in brackets. */
    @Override public String format(float[] vector) { return Arrays.toString(vector); }

    /** Frees the model, if {@link #open} gave it. */
    @Override public void close() { close.run(); }
}
