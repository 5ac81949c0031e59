package dev.merapi.vision.transform;

import dev.merapi.io.FileErrors;
import dev.merapi.io.ModelFolder;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.Image;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.Scene;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What a model of boxes or masks has to know beside its weights: how pictures of any size become its input, and what
 * its classes are called. Training, evaluation and use share one, which lies in the folder of the run as
 * {@code preprocessor_config.json}.
 *
 * <pre>{@code
 * var processor = new SceneProcessor(256, Normalize.IMAGENET, List.of("cat", "dog"));
 * Tensor x = processor.batch(List.of(Image.read(Path.of("cat.jpg"))));        // (1, 3, 256, 256)
 * }</pre>
 *
 * @param size of the square that every picture is brought to by a {@link Letterbox}; a multiple of 32, the step of most
 *     networks' last map
 * @param normalize for pixels; pictures become gray where it has one channel, and RGB where it has three
 * @param labels names of the classes by index
 */
public record SceneProcessor(int size, Normalize normalize, List<String> labels) {
    private static final String FILE = "preprocessor_config.json";
    private static final int STEP = 32;
    private static final int MAX_SIZE = 1 << 13;

    /** @throws IllegalArgumentException if the size is no such multiple up to 8192, or a label occurs twice */
    public SceneProcessor {
        labels = List.copyOf(labels);
        Expect.that(size >= STEP && size <= MAX_SIZE && size % STEP == 0, "size",
                "a multiple of " + STEP + " up to " + MAX_SIZE, size);
        Expect.that(!labels.isEmpty() && new HashSet<>(labels).size() == labels.size(), "labels", "different ones",
                labels);
    }

    /** What the model sees, and how its answers are brought back. */
    public Letterbox letterbox() { return new Letterbox(size); }

    /** A picture at the model's size, in its colours. */
    public Image fit(Image image) { return colored(letterbox().apply(image, new SplittableRandom(0))); }

    /** A scene at the model's size, in its colours. */
    public Scene fit(Scene scene) {
        var placed = letterbox().apply(scene, new SplittableRandom(0));
        return placed.with(colored(placed.image()));
    }

    private Image colored(Image image) { return normalize.channels() == 1 ? image.toGray() : image.toRgb(); }

    /** Pictures of any sizes as a model's input (N, C, size, size). */
    public Tensor batch(List<Image> images) { return normalize.batch(images.stream().map(this::fit).toList()); }

    /** Writes {@code preprocessor_config.json}. */
    public void save(Path folder) { ModelFolder.writeConfig(Config.of(this), folder.resolve(FILE)); }

    /**
     * Reads {@code preprocessor_config.json}.
     *
     * @throws IllegalArgumentException if there is none, or it asks for something else than this does
     */
    public static SceneProcessor open(Path folder) {
        Path file = folder.resolve(FILE);
        if (Files.notExists(file)) {
            throw new IllegalArgumentException(folder + ": expected the run of a recipe for boxes or masks, with "
                    + FILE + " in it. Received none.");
        }
        return FileErrors.naming(file, () -> ModelFolder.read(file, Config.class).processor());
    }

    /** The file, in which {@code letterbox} stands for our way to resize. */
    private record Config(boolean doConvertRgb, boolean doResize, String resizeMode, Map<String, Integer> size,
            boolean doRescale, double rescaleFactor, boolean doNormalize, List<Double> imageMean, List<Double> imageStd,
            Map<Integer, String> id2label) {
        static Config of(SceneProcessor p) {
            var names = new TreeMap<Integer, String>();
            for (int i = 0; i < p.labels.size(); i++) names.put(i, p.labels.get(i));
            return new Config(p.normalize.channels() == 3, true, "letterbox",
                    new TreeMap<>(Map.of("height", p.size, "width", p.size)), true, 1 / 255.0, true,
                    p.normalize.mean(), p.normalize.std(), names);
        }

        SceneProcessor processor() {
            var labels = List.copyOf(new TreeMap<>(id2label).values());
            var processor = new SceneProcessor(size.getOrDefault("height", 0), new Normalize(imageMean, imageStd),
                    labels);
            if (equals(of(processor))) return processor;
            throw new IllegalArgumentException("expected what Merapi does, " + of(processor) + ". Received " + this);
        }
    }
}
