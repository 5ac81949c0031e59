package dev.merapi.vision.pipeline;

import dev.merapi.recipe.Prediction;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Scope;
import dev.merapi.train.Supervised;
import dev.merapi.vision.Image;
import dev.merapi.vision.transform.ImageProcessor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Classes for pictures. Several threads may ask one at once, as long as none trains its model.
 *
 * <pre>{@code
 * try (var classifier = ImageClassifier.open(Path.of("runs/flowers"))) {
 *     IO.println(classifier.classify(Path.of("rose.jpg")).getFirst());        // rose 98.1 %
 * }
 * }</pre>
 */
public final class ImageClassifier implements Predictor {
    private final Supervised task;
    private final ImageProcessor processor;
    private final Runnable close;

    /** A model that was trained on what the processor gives, and that predicts probabilities; it stays the caller's. */
    public ImageClassifier(Supervised task, ImageProcessor processor) { this(task, processor, () -> { }); }

    private ImageClassifier(Supervised task, ImageProcessor processor, Runnable close) {
        this.task = task;
        this.processor = processor;
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
                return new ImageClassifier(of.task, of.processor, job::close);
            }
            throw new IllegalArgumentException(run + ": expected the run of a recipe for images. Received another's;"
                    + " open it by Predictor.open.");
        } catch (RuntimeException e) {
            job.close();
            throw e;
        }
    }

    /** Names of the classes by index. */
    public List<String> labels() { return processor.labels(); }

    /** The classes of a picture file, the most probable first; throws as {@link Image#read(Path)}. */
    public List<Prediction> classify(Path file) { return classify(Image.read(file)); }

    /** The classes of a picture, the most probable first. */
    public List<Prediction> classify(Image image) { return classify(List.of(image)).getFirst(); }

    /** The classes of each picture, all in one batch. */
    public List<List<Prediction>> classify(List<Image> images) {
        if (images.isEmpty()) return List.of();
        try (var _ = Scope.open()) {
            float[] probabilities = task.predict(processor.batch(images)).toFloats();
            int classes = probabilities.length / images.size();
            if (classes != labels().size()) {
                throw new IllegalArgumentException("ImageClassifier: expected a model of " + labels().size()
                        + " classes, one for each label. Received one of " + classes);
            }
            var answers = new ArrayList<List<Prediction>>();
            for (int i = 0; i < images.size(); i++) {
                int from = i * classes;
                answers.add(IntStream.range(0, classes)
                        .mapToObj(c -> new Prediction(labels().get(c), probabilities[from + c]))
                        .sorted(Comparator.comparingDouble(Prediction::probability).reversed()).toList());
            }
            return answers;
        }
    }

    /** @param file a path to a picture */
    @Override public String predict(String file, int top) { return Prediction.line(classify(Path.of(file)), top); }

    @Override public List<Prediction> answer(String file, int top) {
        return classify(Path.of(file)).stream().limit(top).toList();
    }

    /** Frees the model, if {@link #open} gave it. */
    @Override public void close() { close.run(); }
}
