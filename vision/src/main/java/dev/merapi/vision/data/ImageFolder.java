package dev.merapi.vision.data;

import dev.merapi.data.Dataset;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabeledImage;
import dev.merapi.vision.Normalize;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A folder with one sub-folder for each class, which gives the class its name, as torchvision has it:
 *
 * <pre>
 * flowers/daisy/1.jpg    flowers/daisy/garden/7.png    flowers/rose/2.jpg
 * </pre>
 *
 * Classes are numbered in the order of their names. All files of images below a class folder belong to it; others, and
 * hidden ones, are passed over. Every image is RGB. Images are decoded when they are first asked for, by the loader's
 * workers, and stay in memory (uncompressed) as long as they fit into a quarter of the Java heap. One class alone can
 * be read, though not learned: {@code Classification} asks for two.
 */
public final class ImageFolder implements Dataset<LabeledImage> {
    private static final ClassFiles.Kind KIND = new ClassFiles.Kind("image", PictureFiles.EXTENSIONS, Image::read);

    private final ClassFiles all;
    private final AtomicReferenceArray<Image> decoded;
    private final AtomicLong room;

    /** Classes as the folder has them. */
    public ImageFolder(Path root) { this(root, OnError.FAIL); }

    /** @param onError with {@link OnError#SKIP} every image is decoded at the start; {@link #skipped} says the rest */
    ImageFolder(Path root, OnError onError) {
        this(ClassFiles.of(root, ClassFiles.subfolders(root, KIND), KIND, onError), room());
    }

    /**
     * Classes as another folder has them, such as the training set's; not all of them must occur.
     *
     * @throws IllegalArgumentException if the folder has no class folder, one that is not among the classes, or one
     *     without an image
     */
    public ImageFolder(Path root, List<String> classes) {
        this(ClassFiles.of(root, classes, KIND, OnError.FAIL), room());
    }

    private ImageFolder(ClassFiles all, AtomicLong room) {
        this.all = all;
        this.room = room;
        decoded = new AtomicReferenceArray<>(all.files().size());
    }

    /** Bytes. */
    private static AtomicLong room() { return new AtomicLong(Runtime.getRuntime().maxMemory() / 4); }

    /** As {@link #split(Path, Normalize, double, long)}, with a fifth to test on and the seed 0. */
    public static ImageData split(Path root, Normalize normalize) { return split(root, normalize, 0.2, 0); }

    /**
     * {@code root/train} and {@code root/test} with the same classes or, where there is neither, the classes of
     * {@code root}, each divided into images to train on and to test on. With {@code root/test} alone there is nothing
     * to train on.
     *
     * @param testFraction of each class's images, rounded; one at least, if there are two. Which they are follows from
     *     the seed and the files' names below {@code root} alone.
     */
    public static ImageData split(Path root, Normalize normalize, double testFraction, long seed) {
        return split(root, normalize, testFraction, seed, OnError.FAIL);
    }

    /**
     * As {@link #split(Path, Normalize, double, long)}.
     *
     * @param onError with {@link OnError#SKIP} every image is decoded at the start; {@link ImageData#skipped} says what
     *     was left out
     */
    public static ImageData split(Path root, Normalize normalize, double testFraction, long seed, OnError onError) {
        return data(ClassFiles.split(root, classes(root), KIND, testFraction, seed, onError), normalize);
    }

    /** {@code root/train} and {@code root/test} with classes in a given order. */
    public static ImageData split(Path root, Normalize normalize, List<String> classes) {
        return data(ClassFiles.split(root, classes, KIND, 0.2, 0, OnError.FAIL), normalize);
    }

    private static ImageData data(ClassFiles.Split files, Normalize normalize) {
        var room = room();
        return new ImageData(files.test().classes(), normalize, new ImageFolder(files.train(), room),
                new ImageFolder(files.test(), room), files.skipped());
    }

    /** The classes that {@link #split(Path, Normalize)} finds. */
    public static List<String> classes(Path root) { return ClassFiles.classes(root, KIND); }

    /** Names of the classes, in the order of their labels. */
    public List<String> classes() { return all.classes(); }

    /** The class of each sample, for samplers; no image is read. */
    public int[] labels() { return all.labels().stream().mapToInt(label -> label).toArray(); }

    /** What is wrong with those that were left out, each with its file. */
    List<String> skipped() { return all.skipped(); }

    /** The file of a sample. */
    public Path file(int index) { return all.files().get(index); }

    @Override public int size() { return all.files().size(); }

    /** @throws IllegalArgumentException naming the file, if it is no image or a damaged one */
    @Override public LabeledImage get(int index) { return new LabeledImage(image(index), all.labels().get(index)); }

    private Image image(int index) {
        Image kept = decoded.get(index);
        if (kept != null) return kept;
        Image image = Image.read(file(index));
        int bytes = image.pixels().length;
        if (room.addAndGet(-bytes) >= 0) decoded.set(index, image);
        else room.addAndGet(bytes);
        return image;
    }
}
