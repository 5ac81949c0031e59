package dev.merapi.vision.transform;

import dev.merapi.io.ModelFolder;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.Image;
import dev.merapi.vision.Normalize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What a classifier has to know beside its weights: how pictures of any size become its input, and what its outputs
 * are called. Training, evaluation and use share one, which lies in the folder of the run as Hugging Face's
 * {@code preprocessor_config.json}.
 *
 * <pre>{@code
 * var processor = new ImageProcessor(224, Normalize.IMAGENET, List.of("cat", "dog"));
 * Tensor x = processor.batch(List.of(Image.read(Path.of("cat.jpg"))));        // (1, 3, 224, 224)
 * }</pre>
 *
 * @param size of the square that is cut from the middle, after the shorter side was resized to it; bilinear, with
 *     antialiasing
 * @param normalize for pixels; pictures become gray where it has one channel, and RGB where it has three
 * @param labels names of the classes by index
 */
public record ImageProcessor(int size, Normalize normalize, List<String> labels) {
    private static final String FILE = "preprocessor_config.json";
    private static final int MAX_SIZE = 1 << 14;
    private static final int BILINEAR = 2; // Pillow's number

    /** @throws IllegalArgumentException if the size is not from 1 to 16384, or a label occurs twice */
    public ImageProcessor {
        labels = List.copyOf(labels);
        if (size < 1 || size > MAX_SIZE) {
            throw Expect.error("size", "1 to " + MAX_SIZE, size);
        }
        if (new HashSet<>(labels).size() < labels.size()) {
            throw Expect.error("labels", "different ones", labels);
        }
    }

    /** The middle of a picture, at the model's size, in its colours. */
    public Image fit(Image image) {
        var square = Resize.shorterSide(size).then(new CenterCrop(size)).apply(image, new SplittableRandom(0));
        return normalize.channels() == 1 ? square.toGray() : square.toRgb();
    }

    /** Pictures of any sizes as a model's input (N, C, size, size). */
    public Tensor batch(List<Image> images) { return normalize.batch(images.stream().map(this::fit).toList()); }

    /** Writes {@code preprocessor_config.json}. */
    public void save(Path folder) { ModelFolder.writeConfig(Config.of(this), folder.resolve(FILE)); }

    /**
     * Reads {@code preprocessor_config.json}.
     *
     * @throws IllegalArgumentException if there is none, or it asks for something else than this does
     */
    public static ImageProcessor open(Path folder) {
        Path file = folder.resolve(FILE);
        if (Files.notExists(file)) {
            throw new IllegalArgumentException(folder + ": expected the run of a recipe for images, with " + FILE
                    + " in it. Received none; runs of older versions have to be trained anew.");
        }
        try {
            return ModelFolder.read(file, Config.class).processor();
        } catch (IllegalArgumentException e) {
            boolean named = e.getMessage().startsWith(file.toString());
            throw named ? e : new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /** The file. */
    private record Config(boolean doConvertRgb, boolean doGrayscale, boolean doResize, Map<String, Integer> size,
            int resample, boolean doCenterCrop, Map<String, Integer> cropSize, boolean doRescale, double rescaleFactor,
            boolean doNormalize, List<Double> imageMean, List<Double> imageStd, Map<Integer, String> id2label,
            Map<String, Integer> label2id) {
        static Config of(ImageProcessor p) {
            boolean gray = p.normalize.channels() == 1;
            var names = new TreeMap<Integer, String>();
            var ids = new LinkedHashMap<String, Integer>();
            for (int i = 0; i < p.labels.size(); i++) {
                names.put(i, p.labels.get(i));
                ids.put(p.labels.get(i), i);
            }
            var crop = new TreeMap<>(Map.of("height", p.size, "width", p.size));
            return new Config(!gray, gray, true, Map.of("shortest_edge", p.size), BILINEAR, true, crop, true, 1 / 255.0,
                    true, p.normalize.mean(), p.normalize.std(), names, ids);
        }

        ImageProcessor processor() {
            var labels = new TreeMap<>(id2label);
            int size = this.size.getOrDefault("shortest_edge", 0);
            var processor = new ImageProcessor(size, new Normalize(imageMean, imageStd), List.copyOf(labels.values()));
            if (equals(of(processor))) return processor;
            throw new IllegalArgumentException("expected what Merapi does, " + of(processor) + ". Received " + this);
        }
    }
}
