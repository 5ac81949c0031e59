package dev.merapi.vision.transform;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.Image;
import dev.merapi.vision.Normalize;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;

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
 * @param size side of the square that the model sees
 * @param shorterSide what the shorter side of a picture is resized to before the square is cut from the middle; 0 where
 *     the whole picture becomes the square, whatever its shape
 * @param filter of the resizing, with antialiasing
 * @param normalize for pixels; pictures become gray where it has one channel, and RGB where it has three
 * @param labels names of the classes by index; none for a model without
 */
public record ImageProcessor(int size, int shorterSide, Resize.Filter filter, Normalize normalize,
        List<String> labels) {
    private static final int MAX_SIZE = 1 << 14;

    /**
     * @throws IllegalArgumentException if the size is not from 1 to 16384, the shorter side smaller than it, or a label
     *     occurs twice
     */
    public ImageProcessor {
        labels = List.copyOf(labels);
        Expect.that(size >= 1 && size <= MAX_SIZE, "size", "1 to " + MAX_SIZE, size);
        Expect.that(shorterSide == 0 || shorterSide >= size && shorterSide <= MAX_SIZE, "shorter_side", "0, or "
                + size + " to " + MAX_SIZE, shorterSide);
        Expect.that(new HashSet<>(labels).size() == labels.size(), "labels", "different ones", labels);
    }

    /** The middle of each picture, whose shorter side is resized to {@code size}; bilinear. */
    public ImageProcessor(int size, Normalize normalize, List<String> labels) {
        this(size, size, Resize.Filter.BILINEAR, normalize, labels);
    }

    /** The same for squares of another size, of which the middle shows as much. */
    public ImageProcessor size(int side) {
        int shorter = shorterSide == 0 ? 0 : Math.toIntExact((long) shorterSide * side / size);
        return new ImageProcessor(side, shorter, filter, normalize, labels);
    }

    /** The same for other classes. */
    public ImageProcessor labels(List<String> others) {
        return new ImageProcessor(size, shorterSide, filter, normalize, others);
    }

    /** The part of a picture that the model sees, at its size, in its colours. */
    public Image fit(Image image) {
        Image square = shorterSide == 0 ? new Resize(size, size, filter).of(image) : middle(image);
        return normalize.channels() == 1 ? square.toGray() : square.toRgb();
    }

    private Image middle(Image image) {
        var resize = Resize.shorterSide(image, shorterSide, filter);
        return resize.part(image, new CenterCrop(size).of(resize.height(), resize.width()));
    }

    /** Pictures of any sizes as a model's input (N, C, size, size). */
    public Tensor batch(List<Image> images) { return normalize.batch(images.stream().map(this::fit).toList()); }

    /** Writes {@code preprocessor_config.json}. */
    public void save(Path folder) { ProcessorFile.write(this, folder); }

    /**
     * Reads {@code preprocessor_config.json}, Merapi's or Hugging Face's, or what timm has in {@code config.json}.
     *
     * @throws IllegalArgumentException if there is neither, or it asks for something else than this does
     */
    public static ImageProcessor open(Path folder) { return open(folder, null); }

    /**
     * As {@link #open(Path)}, or another where the folder has neither.
     *
     * @param otherwise null for an error
     */
    public static ImageProcessor open(Path folder, ImageProcessor otherwise) {
        return ProcessorFile.read(folder, otherwise);
    }

    /** Names of classes, all different: of several with one name, those after the first get a number. */
    public static List<String> numbered(List<String> names) {
        var taken = new HashSet<String>();
        return names.stream().map(name -> {
            String free = name;
            for (int i = 2; !taken.add(free); i++) free = name + " " + i;
            return free;
        }).toList();
    }
}
