package dev.merapi.vision.data;

import dev.merapi.data.Dataset;
import dev.merapi.io.FileErrors;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabeledImage;
import dev.merapi.vision.Normalize;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A folder with one sub-folder for each class, which gives the class its name, as torchvision has it:
 *
 * <pre>
 * flowers/daisy/1.jpg    flowers/daisy/garden/7.png    flowers/rose/2.jpg
 * </pre>
 *
 * Classes are numbered in the order of their names. All JPEG, PNG, GIF and BMP files below a class folder belong to it;
 * others, and hidden ones, are passed over. Every image is RGB. Images are decoded when they are first asked for, by
 * the loader's workers, and stay in memory (uncompressed) as long as they fit into a quarter of the Java heap. One
 * class alone can be read, though not learned: {@code Classification} asks for two.
 */
public final class ImageFolder implements Dataset<LabeledImage> {
    private static final Set<String> EXTENSIONS = Set.of("jpg", "jpeg", "png", "gif", "bmp");

    private final List<String> classes;
    private final List<Path> files = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private final AtomicReferenceArray<Image> decoded;
    private final AtomicLong room = new AtomicLong(Runtime.getRuntime().maxMemory() / 4);

    /** Classes as the folder has them. */
    public ImageFolder(Path root) { this(root, subfolders(root)); }

    /**
     * Classes as another folder has them, such as the training set's; not all of them must occur.
     *
     * @throws IllegalArgumentException if the folder has no class folder, one that is not among the classes, or one
     *     without an image
     */
    public ImageFolder(Path root, List<String> classes) { this(root, classes, OnError.FAIL); }

    private ImageFolder(Path root, List<String> classes, OnError onError) {
        this.classes = List.copyOf(classes);
        for (String name : subfolders(root)) {
            int label = classes.indexOf(name);
            if (label < 0) {
                throw new IllegalArgumentException(root.resolve(name) + ": expected a folder named as one of the"
                        + " classes " + classes + ". Received " + name);
            }
            var images = images(root.resolve(name));
            if (onError == OnError.SKIP) images = readable(root.resolve(name), images);
            files.addAll(images);
            images.forEach(_ -> labels.add(label));
        }
        decoded = new AtomicReferenceArray<>(files.size());
    }

    /** Decodes all, to find out. */
    private List<Path> readable(Path folder, List<Path> images) {
        var problems = images.parallelStream().map(ImageFolder::problem).toList();
        problems.stream().filter(problem -> problem != null).forEach(skipped::add);
        var readable = IntStream.range(0, images.size()).filter(i -> problems.get(i) == null).mapToObj(images::get)
                .toList();
        if (!readable.isEmpty()) return readable;
        throw new IllegalArgumentException(folder + ": expected an image that can be read. Received " + images.size()
                + " that cannot, such as " + problems.getFirst());
    }

    /** What is wrong with a file, or null. */
    private static String problem(Path file) {
        try {
            Image.read(file);
            return null;
        } catch (IllegalArgumentException | UncheckedIOException e) {
            return e.getMessage();
        }
    }

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
        if (isSplit(root)) return split(root, normalize, classes(root), onError);
        var all = new ImageFolder(root, subfolders(root), onError);
        var test = all.chosen(root, testFraction, seed);
        int[] rest = IntStream.range(0, all.size()).filter(i -> !test.get(i)).toArray();
        if (test.isEmpty()) {
            throw new IllegalArgumentException(root + ": expected two images of a class, one to train on and one to"
                    + " test on. Received " + all.size() + " of " + all.classes.size() + " classes.");
        }
        return new ImageData(all.classes, normalize, all.subset(rest), all.subset(test.stream().toArray()),
                all.skipped);
    }

    /** {@code root/train} and {@code root/test} with classes in a given order. */
    public static ImageData split(Path root, Normalize normalize, List<String> classes) {
        return split(root, normalize, classes, OnError.FAIL);
    }

    private static ImageData split(Path root, Normalize normalize, List<String> classes, OnError onError) {
        Path folder = root.resolve("train");
        var train = Files.isDirectory(folder) ? new ImageFolder(folder, classes, onError) : null;
        var test = new ImageFolder(root.resolve("test"), classes, onError);
        var skipped = new ArrayList<>(train == null ? List.of() : train.skipped);
        skipped.addAll(test.skipped);
        return new ImageData(classes, normalize, train == null ? Dataset.of(List.of()) : train, test, skipped);
    }

    /** The classes that {@link #split(Path, Normalize)} finds. */
    public static List<String> classes(Path root) {
        return subfolders(Stream.of("train", "test").map(root::resolve).filter(Files::isDirectory).findFirst()
                .orElse(root));
    }

    private static boolean isSplit(Path root) {
        return Files.isDirectory(root.resolve("train")) || Files.isDirectory(root.resolve("test"));
    }

    /** For each class those whose hashes are smallest: another file more does not deal out all anew. */
    private BitSet chosen(Path root, double fraction, long seed) {
        var chosen = new BitSet();
        for (int label = 0; label < classes.size(); label++) {
            int of = label;
            int[] members = IntStream.range(0, size()).filter(i -> labels.get(i) == of).toArray();
            long count = Math.min(Math.max(Math.round(fraction * members.length), 1), members.length - 1);
            IntStream.of(members).boxed().sorted(Comparator.comparing(i -> hash(root.relativize(files.get(i)), seed)))
                    .limit(count).forEach(chosen::set);
        }
        return chosen;
    }

    static UUID hash(Path name, long seed) {
        String key = seed + " " + name.toString().replace(File.separatorChar, '/');
        return UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8)); // MD5's
    }

    /** Names of the classes, in the order of their labels. */
    public List<String> classes() { return classes; }

    /** The class of each sample, for samplers; no image is read. */
    public int[] labels() { return labels.stream().mapToInt(label -> label).toArray(); }

    /** The file of a sample. */
    public Path file(int index) { return files.get(index); }

    @Override public int size() { return files.size(); }

    /** @throws IllegalArgumentException naming the file, if it is no image or a damaged one */
    @Override public LabeledImage get(int index) { return new LabeledImage(image(index), labels.get(index)); }

    private Image image(int index) {
        Image kept = decoded.get(index);
        if (kept != null) return kept;
        Image image = Image.read(files.get(index));
        int bytes = image.pixels().length;
        if (room.addAndGet(-bytes) >= 0) decoded.set(index, image);
        else room.addAndGet(bytes);
        return image;
    }

    private static List<String> subfolders(Path root) {
        try (var entries = Files.list(root)) {
            var names = entries.filter(Files::isDirectory).map(folder -> folder.getFileName().toString())
                    .filter(name -> !name.startsWith(".")).sorted().toList();
            if (names.isEmpty()) {
                throw new IllegalArgumentException(root + ": expected a folder for each class, with images in it."
                        + " Received none.");
            }
            return names;
        } catch (IOException e) {
            throw FileErrors.reading(root, e);
        }
    }

    private static List<Path> images(Path folder) {
        try (var files = Files.walk(folder)) {
            var images = files.filter(ImageFolder::isImage).sorted().toList();
            if (images.isEmpty()) {
                throw new IllegalArgumentException(folder + ": expected images (" + String.join(", ",
                        EXTENSIONS.stream().sorted().toList()) + "). Received none; add some, or remove the folder.");
            }
            return images;
        } catch (IOException e) {
            throw FileErrors.reading(folder, e);
        }
    }

    private static boolean isImage(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && EXTENSIONS.contains(name.substring(name.lastIndexOf('.') + 1))
                && Files.isRegularFile(file);
    }
}
