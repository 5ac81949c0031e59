package dev.merapi.vision.pipeline;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.Drawing;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabelMask;
import dev.merapi.vision.transform.SceneProcessor;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;

/**
 * Tells what each pixel of a picture shows.
 *
 * <pre>{@code
 * try (var segmenter = Segmenter.open(Path.of("runs/street"))) {
 *     Image photo = Image.read(Path.of("photo.jpg"));
 *     Segmentation found = segmenter.predict(photo);
 *     IO.println(found);                                       // road 61.0 %, car 23.5 %, sky 15.5 %
 *     found.mask().write(Path.of("mask.png"));
 * }
 * }</pre>
 */
public final class Segmenter implements Predictor<Image, Segmentation> {
    private static final int BATCH = 8; // pictures that are looked at together

    private final Layer model;
    private final Unary forward;
    private final SceneProcessor processor;
    private final boolean mirrored;
    private final Runnable close;

    /**
     * A model that was trained on what the processor gives, to logits (N, classes, H, W); it stays the caller's.
     *
     * @param model what holds the weights
     * @param forward how it is asked; the model itself, mostly
     */
    public Segmenter(Layer model, Unary forward, SceneProcessor processor) {
        this(model, forward, processor, false, () -> { });
    }

    private Segmenter(Layer model, Unary forward, SceneProcessor processor, boolean mirrored, Runnable close) {
        this.model = model;
        this.forward = forward;
        this.processor = processor;
        this.mirrored = mirrored;
        this.close = close;
    }

    /** {@link #open(Path, Device)} on the CPU. */
    public static Segmenter open(Path run) { return open(run, Device.CPU); }

    /**
     * The model in the folder of a run, which is all that is needed: not the pictures that it was trained on.
     *
     * @throws IllegalArgumentException if there is no run of a recipe for masks in the folder
     */
    public static Segmenter open(Path run, Device device) {
        var job = Runs.open(run);
        try {
            if (job.predictor() instanceof Segmenter of) {
                of.model.to(device);
                of.model.eval();
                return new Segmenter(of.model, of.forward, of.processor, of.mirrored, job::close);
            }
            throw new IllegalArgumentException(run + ": expected the run of a recipe for masks. Received another's.");
        } catch (RuntimeException e) {
            job.close();
            throw e;
        }
    }

    /**
     * The same segmenter, which also looks at each picture's mirror image, and averages, in twice the time. Closing
     * either frees the model.
     */
    public Segmenter mirrored() { return new Segmenter(model, forward, processor, true, close); }

    /** Names of the classes by index. */
    public List<String> labels() { return processor.labels(); }

    @Override public Class<Image> input() { return Image.class; }

    @Override public Class<Segmentation> output() { return Segmentation.class; }

    /** What the pixels of each picture show, of any sizes. */
    @Override public List<Segmentation> predict(List<Image> images) {
        return images.stream().gather(Gatherers.windowFixed(BATCH)).flatMap(some -> batch(some).stream()).toList();
    }

    private List<Segmentation> batch(List<Image> images) {
        try (var _ = Scope.open(); var _ = model.evaluating(); var _ = Torch.noGrad()) {
            var x = processor.batch(images).to(model.device());
            var p = forward.forward(x).softmax(1); // (N, C, H, W)
            if (mirrored) p = p.add(forward.forward(x.flip(3)).softmax(1).flip(3));
            int[] classes = p.argmax(1).toInts();
            return IntStream.range(0, images.size()).mapToObj(i -> placed(classes, i, images.get(i))).toList();
        }
    }

    private Segmentation placed(int[] classes, int number, Image image) {
        var mask = new LabelMask(processor.size(), processor.size());
        for (int i = 0, from = number * mask.classes().length; i < mask.classes().length; i++) {
            mask.classes()[i] = (byte) classes[from + i];
        }
        return Segmentation.of(processor.letterbox().undo(mask, image.height(), image.width()), labels());
    }

    /** A copy of a picture in the colours of what was found in it, and a key to them; a small one is enlarged. */
    public Image draw(Image image, Segmentation found) {
        var names = new TreeMap<Integer, String>();
        found.shares().forEach(share -> names.put(labels().indexOf(share.label()), share.label()));
        return Drawing.readable(image).mask(found.mask()).key(names).image();
    }

    /** @param typed the path of a picture file, which is read as by {@link Image#read(Path)} */
    @Override public Image parse(String typed) { return Image.read(Path.of(typed)); }

    /** Frees the model, if {@link #open} gave it. */
    @Override public void close() { close.run(); }
}
