package dev.merapi.vision.pipeline;

import dev.merapi.recipe.Classes;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Scope;
import dev.merapi.train.Supervised;
import dev.merapi.vision.video.ClipProcessor;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Gatherers;

/**
 * Classes for videos, by the clip in the middle of each.
 *
 * <pre>{@code
 * try (var classifier = VideoClassifier.open(Path.of("runs/gestures"))) {
 *     IO.println(classifier.predict(Path.of("wave.mp4")).best());             // wave 96.3 %
 * }
 * }</pre>
 */
public final class VideoClassifier implements Predictor<Path, Classes> {
    private static final int BATCH = 8; // videos that are looked at together

    private final Supervised task;
    private final ClipProcessor processor;
    private final Runnable close;

    /** A model that was trained on what the processor gives, and that predicts probabilities; it stays the caller's. */
    public VideoClassifier(Supervised task, ClipProcessor processor) { this(task, processor, () -> { }); }

    private VideoClassifier(Supervised task, ClipProcessor processor, Runnable close) {
        this.task = task;
        this.processor = processor;
        this.close = close;
    }

    /**
     * The model in the folder of a run, which is all that is needed: not the videos that it was trained on.
     *
     * @throws IllegalArgumentException if there is no run of a recipe for videos in the folder
     */
    public static VideoClassifier open(Path run) {
        var job = Runs.open(run);
        try {
            if (job.predictor() instanceof VideoClassifier of) {
                job.trainer().task().model().eval();
                return new VideoClassifier(of.task, of.processor, job::close);
            }
            throw new IllegalArgumentException(run + ": expected the run of a recipe for videos. Received another's;"
                    + " open it by Predictor.open.");
        } catch (RuntimeException e) {
            job.close();
            throw e;
        }
    }

    /** Names of the classes by index. */
    public List<String> labels() { return processor.images().labels(); }

    @Override public Class<Path> input() { return Path.class; }

    @Override public Class<Classes> output() { return Classes.class; }

    /** The classes of each video file; throws as {@link ClipProcessor#middle}. */
    @Override public List<Classes> predict(List<Path> videos) {
        return videos.stream().gather(Gatherers.windowFixed(BATCH)).flatMap(some -> batch(some).stream()).toList();
    }

    private List<Classes> batch(List<Path> videos) {
        try (var _ = Scope.open()) {
            return Classes.of(labels(), task.predict(processor.batch(videos.stream().map(processor::middle).toList())));
        }
    }

    /** @param typed the path of a video file */
    @Override public Path parse(String typed) { return Path.of(typed); }

    /** Frees the model, if {@link #open} gave it. */
    @Override public void close() { close.run(); }
}
