package dev.merapi.vision.pipeline;

import dev.merapi.recipe.Classes;
import dev.merapi.recipe.GlassBox;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Scope;
import dev.merapi.train.Supervised;
import dev.merapi.vision.Image;
import dev.merapi.vision.transform.ImageProcessor;
import dev.merapi.vision.transform.TestTime;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Gatherers;

/**
 * Classes for pictures.
 *
 * <pre>{@code
 * try (var classifier = ImageClassifier.open(Path.of("runs/flowers"))) {
 *     IO.println(classifier.classify(Path.of("rose.jpg")).best());            // rose 98.1 %
 * }
 * }</pre>
 */
public final class ImageClassifier implements Predictor<Image, Classes> {
    private static final int BATCH = 64; // pictures that are looked at together

    private final Supervised task;
    private final ImageProcessor processor;
    private final TestTime views;
    private final Runnable close;

    /** A model that was trained on what the processor gives, and that predicts probabilities; it stays the caller's. */
    public ImageClassifier(Supervised task, ImageProcessor processor) {
        this(task, processor, TestTime.PLAIN, () -> { });
    }

    private ImageClassifier(Supervised task, ImageProcessor processor, TestTime views, Runnable close) {
        this.task = task;
        this.processor = processor;
        this.views = views;
        this.close = close;
    }

    /**
     * The model in the folder of a run, which is all that is needed: not the pictures that it was trained on.
     *
     * @throws IllegalArgumentException if there is no run of a recipe for images in the folder
     */
    public static ImageClassifier open(Path run) {
        var job = Runs.open(run);
        try {
            if (job.predictor() instanceof ImageClassifier of) {
                job.trainer().task().model().eval();
                return new ImageClassifier(of.task, of.processor, of.views, job::close);
            }
            throw new IllegalArgumentException(run + ": expected the run of a recipe for images. Received another's;"
                    + " open it by Predictor.open.");
        } catch (RuntimeException e) {
            job.close();
            throw e;
        }
    }

    /** The same, which frees what it stands on when it is closed. */
    public ImageClassifier closing(Runnable close) { return new ImageClassifier(task, processor, views, close); }

    /** The same, asked about several views of each picture, whose answers are averaged. */
    public ImageClassifier views(TestTime views) { return new ImageClassifier(task, processor, views, close); }

    /** Names of the classes by index. */
    public List<String> labels() { return processor.labels(); }

    @Override public Class<Image> input() { return Image.class; }

    @Override public Class<Classes> output() { return Classes.class; }

    /** The classes of a picture file; throws as {@link Image#read(Path)}. */
    public Classes classify(Path file) { return predict(Image.read(file)); }

    /** The classes of each picture, of any sizes. */
    @Override public List<Classes> predict(List<Image> images) {
        return images.stream().gather(Gatherers.windowFixed(BATCH)).flatMap(some -> batch(some).stream()).toList();
    }

    private List<Classes> batch(List<Image> images) {
        try (var _ = Scope.open()) {
            return Classes.of(labels(), views.on(task::predict).forward(processor.batch(images)));
        }
    }

    @Override public Optional<GlassBox<Image>> glassBox() { return Optional.of(new OpenClassifier(task, processor)); }

    /** @param typed the path of a picture file, which is read as by {@link Image#read(Path)} */
    @Override public Image parse(String typed) { return Image.read(Path.of(typed)); }

    /** Frees the model, if {@link #open} gave it. */
    @Override public void close() { close.run(); }
}
