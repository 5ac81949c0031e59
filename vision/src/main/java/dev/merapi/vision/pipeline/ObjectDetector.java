package dev.merapi.vision.pipeline;

import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.Drawing;
import dev.merapi.vision.Image;
import dev.merapi.vision.detect.DetectionModel;
import dev.merapi.vision.detect.ScoredBox;
import dev.merapi.vision.detect.Selection;
import dev.merapi.vision.transform.SceneProcessor;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;

/**
 * Finds things in pictures.
 *
 * <pre>{@code
 * try (var detector = ObjectDetector.open(Path.of("runs/street"))) {
 *     Image photo = Image.read(Path.of("photo.jpg"));
 *     Detections found = detector.predict(photo);
 *     IO.println(found);                                       // dog 92.1 % at (12, 30, 100, 84)
 *     detector.draw(photo, found).write(Path.of("found.jpg"));
 * }
 * }</pre>
 */
public final class ObjectDetector implements Predictor<Image, Detections> {
    private static final int BATCH = 8; // pictures that are looked at together

    private final DetectionModel model;
    private final SceneProcessor processor;
    private final Selection selection;
    private final boolean mirrored;
    private final Runnable close;

    /** A model that was trained on what the processor gives; it stays the caller's. */
    public ObjectDetector(DetectionModel model, SceneProcessor processor) {
        this(model, processor, Selection.SHOWN, false, () -> { });
    }

    private ObjectDetector(DetectionModel model, SceneProcessor processor, Selection selection, boolean mirrored,
            Runnable close) {
        this.model = model;
        this.processor = processor;
        this.selection = selection;
        this.mirrored = mirrored;
        this.close = close;
    }

    /** {@link #open(Path, Device)} on the CPU. */
    public static ObjectDetector open(Path run) { return open(run, Device.CPU); }

    /**
     * The model in the folder of a run, which is all that is needed: not the pictures that it was trained on.
     *
     * @throws IllegalArgumentException if there is no run of a recipe for boxes in the folder
     */
    public static ObjectDetector open(Path run, Device device) {
        var job = Runs.open(run);
        try {
            if (job.predictor() instanceof ObjectDetector of) {
                of.model.to(device);
                of.model.eval();
                return new ObjectDetector(of.model, of.processor, of.selection, of.mirrored, job::close);
            }
            throw new IllegalArgumentException(run + ": expected the run of a recipe for boxes. Received another's.");
        } catch (RuntimeException e) {
            job.close();
            throw e;
        }
    }

    /** The same detector, which keeps other boxes; closing either frees the model. */
    public ObjectDetector selection(Selection other) {
        return new ObjectDetector(model, processor, other, mirrored, close);
    }

    /**
     * The same detector, which also looks at each picture's mirror image: more is found, in twice the time. Closing
     * either frees the model.
     */
    public ObjectDetector mirrored() { return new ObjectDetector(model, processor, selection, true, close); }

    /** Names of the classes by index. */
    public List<String> labels() { return processor.labels(); }

    @Override public Class<Image> input() { return Image.class; }

    @Override public Class<Detections> output() { return Detections.class; }

    /** The things in each picture, of any sizes. */
    @Override public List<Detections> predict(List<Image> images) {
        return images.stream().gather(Gatherers.windowFixed(BATCH)).flatMap(some -> batch(some).stream()).toList();
    }

    private List<Detections> batch(List<Image> images) {
        try (var _ = Scope.open(); var _ = model.evaluating(); var _ = Torch.noGrad()) {
            var x = processor.batch(images).to(model.device());
            var found = boxes(x);
            return IntStream.range(0, images.size()).mapToObj(i -> placed(found.get(i), images.get(i))).toList();
        }
    }

    private List<List<ScoredBox>> boxes(Tensor x) {
        var found = model.select(model.forward(x), selection);
        if (!mirrored) return found;
        var others = model.select(model.forward(x.flip(3)), selection);
        return IntStream.range(0, found.size())
                .mapToObj(i -> selection.merged(found.get(i), others.get(i), processor.size())).toList();
    }

    private Detections placed(List<ScoredBox> found, Image image) {
        var letterbox = processor.letterbox();
        return new Detections(found.stream().map(box -> new Detection(labels().get(box.label()), box.score(),
                letterbox.undo(box.box(), image.height(), image.width())))
                .filter(detection -> detection.box().area() > 0).toList()); // not on what was added
    }

    /** A copy of a picture with frames around what was found in it; a small one is enlarged. */
    public Image draw(Image image, Detections found) {
        var drawing = Drawing.readable(image);
        found.all().reversed().forEach(one -> drawing.box(one.box(), "%s %.0f %%".formatted(one.label(),
                100 * one.score()), labels().indexOf(one.label()))); // the surest on top
        return drawing.image();
    }

    /** @param typed the path of a picture file, which is read as by {@link Image#read(Path)} */
    @Override public Image parse(String typed) { return Image.read(Path.of(typed)); }

    /** Frees the model, if {@link #open} gave it. */
    @Override public void close() { close.run(); }
}
