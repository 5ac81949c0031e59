package dev.merapi.vision.pipeline;

import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.Image;
import dev.merapi.vision.embed.EmbeddingModel;
import dev.merapi.vision.transform.ImageProcessor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Gatherers;

/**
 * Vectors for pictures, of length 1: the product of two is their cosine, which is the greater the more they are alike.
 *
 * <pre>{@code
 * try (var embedder = ImageEmbedder.open(Path.of("runs/faces"))) {
 *     float[] one = embedder.predict(Image.read(Path.of("a.jpg")));
 *     float[] other = embedder.predict(Image.read(Path.of("b.jpg")));
 *     IO.println(ImageEmbedder.cosine(one, other));                           // 0.91
 * }
 * }</pre>
 */
public final class ImageEmbedder implements Predictor<Image, float[]> {
    private static final int BATCH = 64; // pictures that are looked at together

    private final EmbeddingModel model;
    private final ImageProcessor processor;
    private final Runnable close;

    /** A model that was trained on what the processor gives; it stays the caller's. */
    public ImageEmbedder(EmbeddingModel model, ImageProcessor processor) { this(model, processor, () -> { }); }

    private ImageEmbedder(EmbeddingModel model, ImageProcessor processor, Runnable close) {
        this.model = model;
        this.processor = processor;
        this.close = close;
    }

    /** {@link #open(Path, Device)} on the CPU. */
    public static ImageEmbedder open(Path run) { return open(run, Device.CPU); }

    /**
     * The model in the folder of a run, which is all that is needed: not the pictures that it was trained on.
     *
     * @throws IllegalArgumentException if there is no run of a recipe for vectors of pictures in the folder
     */
    public static ImageEmbedder open(Path run, Device device) {
        var job = Runs.open(run);
        try {
            if (job.predictor() instanceof ImageEmbedder of) {
                of.model.to(device);
                of.model.eval();
                return new ImageEmbedder(of.model, of.processor, job::close);
            }
            throw new IllegalArgumentException(run + ": expected the run of a recipe for vectors of pictures, such as"
                    + " image-embedding. Received another's.");
        } catch (RuntimeException e) {
            job.close();
            throw e;
        }
    }

    /** Length of a vector. */
    public int width() { return model.width(); }

    @Override public Class<Image> input() { return Image.class; }

    @Override public Class<float[]> output() { return float[].class; }

    /** The vector of each picture, of any sizes. */
    @Override public List<float[]> predict(List<Image> images) {
        return images.stream().gather(Gatherers.windowFixed(BATCH)).flatMap(some -> batch(some).stream()).toList();
    }

    private List<float[]> batch(List<Image> images) {
        try (var _ = Scope.open(); var _ = model.evaluating(); var _ = Torch.noGrad()) {
            float[] flat = model.forward(processor.batch(images).to(model.device())).toFloats();
            int width = model.width();
            var vectors = new ArrayList<float[]>();
            for (int i = 0; i < images.size(); i++) {
                vectors.add(Arrays.copyOfRange(flat, i * width, (i + 1) * width));
            }
            return vectors;
        }
    }

    /** The product of two vectors of length 1: from -1 to 1. */
    public static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += (double) a[i] * b[i];
        return sum;
    }

    /** @param typed the path of a picture file, which is read as by {@link Image#read(Path)} */
    @Override public Image parse(String typed) { return Image.read(Path.of(typed)); }

    /** The numbers, in brackets. */
    @Override public String format(float[] vector) { return Arrays.toString(vector); }

    /** Frees the model, if {@link #open} gave it. */
    @Override public void close() { close.run(); }
}
