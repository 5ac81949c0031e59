package dev.merapi.vision.data;

import dev.merapi.data.Dataset;
import dev.merapi.io.FileErrors;
import dev.merapi.vision.Scene;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Scenes to train and to test with.
 *
 * @param classes names, in the order of the labels
 * @param train scenes to learn from
 * @param test scenes to measure with
 * @param skipped what was left out and why, see {@link SceneSet#skipped}
 */
public record SceneData(List<String> classes, Dataset<Scene> train, Dataset<Scene> test, List<String> skipped) {
    private static final String BESIDE = "_annotations.coco.json"; // beside its pictures
    private static final List<String> TEST = List.of("val", "valid", "validation", "test");

    public SceneData {
        classes = List.copyOf(classes);
        skipped = List.copyOf(skipped);
    }

    /** How what is left for testing is chosen where a folder does not say. */
    private record Choice(double fraction, long seed) {}

    /**
     * Boxes in a folder of one of three layouts, told by what lies in it:
     *
     * <ul>
     * <li>YOLO: {@code labels}, beside {@code images}, with {@code data.yaml} or {@code classes.txt};
     * <li>Pascal VOC: {@code Annotations} and {@code JPEGImages}, or XML files beside pictures;
     * <li>COCO: {@code annotations/*.json}, where {@code instances_val2017.json} has its pictures in {@code val2017},
     * {@code images/val2017} or {@code images}; or {@code _annotations.coco.json} beside pictures.
     * </ul>
     *
     * Parts are {@code train}, and {@code val}, {@code valid}, {@code validation} or {@code test}: folders in the last
     * layer, or lists in VOC's {@code ImageSets/Main}. Where there are none, a part of the pictures is kept to test on,
     * which follows from the seed and the files' names alone.
     *
     * @throws IllegalArgumentException if it is none of these, or what is in it is wrong
     */
    public static SceneData boxes(Path root, double testFraction, long seed, OnError onError) {
        var choice = new Choice(testFraction, seed);
        if (Files.isDirectory(root.resolve("labels"))) {
            return parted(root, part(root.resolve("images"), true), part(root.resolve("images"), false), choice,
                    part -> Yolo.read(root, part, onError));
        }
        if (Files.isDirectory(root.resolve("annotations")) || holds(root, BESIDE)) {
            return coco(root, choice, onError);
        }
        if (Files.isDirectory(root.resolve("Annotations")) || holds(root, ".xml")) return voc(root, choice, onError);
        throw new IllegalArgumentException(root + ": expected boxes of YOLO (labels/ and images/), Pascal VOC"
                + " (Annotations/ and JPEGImages/, or XML files) or COCO (annotations/*.json). Received none of them.");
    }

    /**
     * Masks in a folder, as {@link MaskFolder} reads them; with parts as above.
     *
     * @throws IllegalArgumentException if what is in it is wrong
     */
    public static SceneData masks(Path root, double testFraction, long seed, OnError onError) {
        Path parts = MaskFolder.isVoc(root) ? root.resolve("ImageSets/Segmentation") : root.resolve("images");
        return parted(root, part(parts, true), part(parts, false), new Choice(testFraction, seed),
                part -> MaskFolder.read(root, part, onError));
    }

    private interface Reader {
        SceneSet read(String part);
    }

    /** @param train its name, or null if there are no parts */
    private static SceneData parted(Path root, String train, String test, Choice choice, Reader reader) {
        if (train == null || test == null) return divided(root, reader.read(""), choice);
        return joined(root, reader.read(train), reader.read(test));
    }

    private static SceneData joined(Path root, SceneSet train, SceneSet test) {
        if (!train.classes().equals(test.classes())) {
            throw new IllegalArgumentException(root + ": expected the same classes to train and to test with. Received "
                    + train.classes() + " and " + test.classes() + ".");
        }
        expectTruth(root, test, IntStream.range(0, test.size()));
        var skipped = new ArrayList<>(train.skipped());
        skipped.addAll(test.skipped());
        return new SceneData(train.classes(), train, test, skipped);
    }

    /** Those whose hashes are smallest are kept to test on: another file more does not deal out all anew. */
    private static SceneData divided(Path root, SceneSet all, Choice choice) {
        if (all.size() < 2) {
            throw new IllegalArgumentException(root + ": expected two pictures, one to train on and one to test on."
                    + " Received " + all.size() + ".");
        }
        int count = Math.clamp(Math.round(choice.fraction * all.size()), 1, all.size() - 1);
        var order = IntStream.range(0, all.size()).boxed().sorted(Comparator.comparing(
                i -> ClassFiles.hash(root.relativize(all.file(i)), choice.seed))).toList();
        int[] test = order.stream().limit(count).mapToInt(i -> i).sorted().toArray();
        expectTruth(root, all, IntStream.of(test));
        int[] train = order.stream().skip(count).mapToInt(i -> i).sorted().toArray();
        return new SceneData(all.classes(), all.subset(train), all.subset(test), all.skipped());
    }

    /** Else a training would end without a number. */
    private static void expectTruth(Path root, SceneSet of, IntStream tested) {
        int[] pictures = tested.toArray();
        if (IntStream.of(pictures).anyMatch(of::hasTruth)) return;
        throw new IllegalArgumentException(root + ": expected a box at least in the pictures to test on. Received none"
                + " in " + (pictures.length == 1 ? of.file(pictures[0]) : pictures.length + " pictures")
                + "; add some, or take another seed or test_fraction.");
    }

    private static SceneData coco(Path root, Choice choice, OnError onError) {
        Path folder = root.resolve("annotations");
        if (!Files.isDirectory(folder)) {
            String train = part(root, true), test = part(root, false);
            if (train == null || test == null) {
                return divided(root, Coco.read(root.resolve(BESIDE), root, onError), choice);
            }
            Path learning = root.resolve(train), testing = root.resolve(test);
            var learned = Coco.read(learning.resolve(BESIDE), learning, onError);
            return joined(root, learned, Coco.read(testing.resolve(BESIDE), testing, learned.classes(), onError));
        }
        var files = PictureFiles.files(folder, Set.of("json"));
        var train = files.stream().filter(file -> partOf(file).startsWith("train")).findFirst();
        var test = TEST.stream().flatMap(name -> files.stream().filter(file -> partOf(file).startsWith(name)))
                .findFirst();
        if (train.isPresent() && test.isPresent()) {
            var learned = Coco.read(train.get(), pictures(root, train.get()), onError);
            return joined(root, learned, Coco.read(test.get(), pictures(root, test.get()), learned.classes(), onError));
        }
        if (files.size() != 1) {
            throw new IllegalArgumentException(folder + ": expected one JSON file, or instances_train….json and"
                    + " instances_val….json. Received " + files.size() + " files.");
        }
        return divided(root, Coco.read(files.getFirst(), pictures(root, files.getFirst()), onError), choice);
    }

    private static String partOf(Path json) { return PictureFiles.stem(json).replaceFirst("^instances_", ""); }

    private static Path pictures(Path root, Path json) {
        String part = partOf(json);
        for (String folder : List.of(part, "images/" + part, "images")) {
            if (Files.isDirectory(root.resolve(folder))) return root.resolve(folder);
        }
        return root;
    }

    private static SceneData voc(Path root, Choice choice, OnError onError) {
        Path files = root.resolve("Annotations");
        Path lists = root.resolve("ImageSets/Main");
        String train = part(Files.isDirectory(lists) ? lists : root, true);
        String test = part(Files.isDirectory(lists) ? lists : root, false);
        boolean parted = train != null && test != null;
        if (!parted) return divided(root, Voc.read(Files.isDirectory(files) ? files : root, onError), choice);
        if (!Files.isDirectory(lists)) {
            var learned = Voc.read(root.resolve(train), onError);
            return joined(root, learned, Voc.read(root.resolve(test), null, learned.classes(), onError));
        }
        var learned = Voc.read(files, PictureFiles.names(lists.resolve(train + ".txt")), null, onError);
        return joined(root, learned,
                Voc.read(files, PictureFiles.names(lists.resolve(test + ".txt")), learned.classes(), onError));
    }

    /** The name of a part, without extension: {@code train} or {@code train2017}, say; null if there is none. */
    private static String part(Path folder, boolean train) {
        if (!Files.isDirectory(folder)) return null;
        try (var entries = Files.list(folder)) {
            var names = entries.map(PictureFiles::stem).sorted().distinct().toList();
            return (train ? List.of("train") : TEST).stream()
                    .flatMap(wanted -> names.stream().filter(name -> name.matches(wanted + "\\d*"))).findFirst()
                    .orElse(null);
        } catch (IOException e) {
            throw FileErrors.reading(folder, e);
        }
    }

    /** Whether a file whose name ends so lies in the folder, or in a folder in it. */
    private static boolean holds(Path root, String end) {
        try (var files = Files.walk(root, 2)) {
            return files.anyMatch(file -> file.getFileName().toString().endsWith(end));
        } catch (IOException e) {
            throw FileErrors.reading(root, e);
        }
    }
}
