package dev.merapi.speech.command;

import dev.merapi.recipe.Classes;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Runs;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.clip.SoundProcessor;
import dev.merapi.tensor.Scope;
import dev.merapi.train.Supervised;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Gatherers;

/**
 * Classes for sounds, such as the words of a voice command.
 *
 * <pre>{@code
 * try (var words = SoundClassifier.open(Path.of("runs/commands"))) {
 *     IO.println(words.predict(Audio.read(Path.of("x.wav"))).best());         // yes 99.2 %
 * }
 * }</pre>
 */
public final class SoundClassifier implements Predictor<Audio, Classes> {
    private static final int BATCH = 64; // sounds that are heard together

    private final Supervised task;
    private final SoundProcessor processor;
    private final Runnable close;

    /** A model that was trained on what the processor gives, and that predicts probabilities; it stays the caller's. */
    public SoundClassifier(Supervised task, SoundProcessor processor) { this(task, processor, () -> { }); }

    private SoundClassifier(Supervised task, SoundProcessor processor, Runnable close) {
        this.task = task;
        this.processor = processor;
        this.close = close;
    }

    /**
     * The model in the folder of a run.
     *
     * @throws IllegalArgumentException if there is no run of {@code speech-commands} in the folder
     */
    public static SoundClassifier open(Path run) {
        var job = Runs.open(run);
        try {
            if (job.predictor() instanceof SoundClassifier of) {
                job.trainer().task().model().eval();
                return new SoundClassifier(of.task, of.processor, job::close);
            }
            throw new IllegalArgumentException(run + ": expected the run of speech-commands. Received another's; open"
                    + " it by Predictor.open.");
        } catch (RuntimeException e) {
            job.close();
            throw e;
        }
    }

    /** Names of the classes by index. */
    public List<String> labels() { return processor.labels(); }

    @Override public Class<Audio> input() { return Audio.class; }

    @Override public Class<Classes> output() { return Classes.class; }

    /** The classes of each sound, of any lengths and rates. */
    @Override public List<Classes> predict(List<Audio> sounds) {
        return sounds.stream().gather(Gatherers.windowFixed(BATCH)).flatMap(some -> batch(some).stream()).toList();
    }

    private List<Classes> batch(List<Audio> sounds) {
        try (var _ = Scope.open()) {
            return Classes.of(labels(), task.predict(processor.batch(sounds.stream().map(processor::fit).toList())));
        }
    }

    /** @param typed the path of a sound file */
    @Override public Audio parse(String typed) { return processor.read(Path.of(typed)); }

    /** Frees the model, if {@link #open} gave it. */
    @Override public void close() { close.run(); }
}
