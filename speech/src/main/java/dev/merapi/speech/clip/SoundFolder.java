package dev.merapi.speech.clip;

import dev.merapi.io.FileErrors;
import dev.merapi.tensor.Expect;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Sound files with their classes: a folder with one sub-folder for each class, which gives the class its name. Folders
 * that begin with {@code _} or a dot are passed over, as the background noise of Speech Commands is.
 *
 * @param classes names, in the order of the labels
 * @param files in the order of their classes and names
 * @param labels a class for each file
 */
public record SoundFolder(List<String> classes, List<Path> files, List<Integer> labels) {
    private static final Set<String> EXTENSIONS = Set.of("wav", "flac", "mp3", "ogg", "oga", "opus", "m4a", "aac",
            "webm");
    private static final String SPEAKER_ENDS = "_nohash_"; // in the names of Speech Commands

    /** Those to learn from, of which there may be none, and those to test with. */
    public record Split(SoundFolder train, SoundFolder test) {}

    public SoundFolder {
        classes = List.copyOf(classes);
        files = List.copyOf(files);
        labels = List.copyOf(labels);
    }

    /** The classes of {@link #split}. */
    public static List<String> classes(Path root) { return subfolders(parts(root) ? root.resolve("test") : root); }

    /**
     * {@code root/train} and {@code root/test}; or, where it has {@code testing_list.txt}, as Speech Commands, those in
     * the list to test with, and all others that are not in {@code validation_list.txt}; or else a part of each class.
     * Files whose names are alike up to {@code _nohash_} are one speaker's, and stay together.
     *
     * @param testFraction of the speakers, by a hash of their names and the seed
     * @throws IllegalArgumentException if there are no sounds, or none to test with
     */
    public static Split split(Path root, double testFraction, long seed) {
        if (parts(root)) {
            var classes = classes(root);
            Path train = root.resolve("train");
            return new Split(Files.isDirectory(train) ? of(train, classes)
                    : new SoundFolder(classes, List.of(), List.of()), of(root.resolve("test"), classes));
        }
        var all = of(root, classes(root));
        Path list = root.resolve("testing_list.txt");
        if (Files.exists(list)) return listed(root, all, list);
        IntPredicate tested = i -> share(speaker(all.files.get(i)), seed) < testFraction;
        var split = new Split(all.chosen(tested.negate()), all.chosen(tested));
        Expect.that(!split.test.files.isEmpty(), root.toString(), "sounds enough to test with a part of "
                + testFraction, all.files.size() + " sounds, all to learn from");
        return split;
    }

    /**
     * {@code root/train} and {@code root/test}, of which each has classes of its own; or else a part of the classes to
     * test with: for models that are asked about what they never heard.
     *
     * @param testFraction of the classes, by a hash of their names and the seed; two at least
     * @throws IllegalArgumentException if there are fewer than two classes to learn from or to test with
     */
    public static Split openSplit(Path root, double testFraction, long seed) {
        boolean parts = parts(root);
        Path from = parts ? root.resolve("train") : root, to = parts ? root.resolve("test") : root;
        var names = new ArrayList<>(subfolders(from));
        var tested = parts ? subfolders(to) : List.<String>of();
        if (!parts) {
            names.sort(Comparator.comparingDouble(name -> share(name, seed)));
            int count = Math.clamp(Math.round(testFraction * names.size()), 2, names.size());
            tested = names.subList(0, count).stream().sorted().toList();
            names = new ArrayList<>(names.subList(count, names.size()));
            names.sort(null);
        }
        Expect.that(names.size() > 1 && tested.size() > 1, root.toString(), "folders of two classes to learn from and"
                + " of two to test with, at least", names + " and " + tested);
        return new Split(among(from, names), among(to, tested));
    }

    private static Split listed(Path root, SoundFolder all, Path list) {
        var tested = lines(list);
        Path held = root.resolve("validation_list.txt");
        var left = Files.exists(held) ? lines(held) : Set.<String>of();
        return new Split(all.chosen(i -> !tested.contains(all.name(root, i)) && !left.contains(all.name(root, i))),
                all.chosen(i -> tested.contains(all.name(root, i))));
    }

    private String name(Path root, int i) {
        return root.relativize(files.get(i)).toString().replace('\\', '/');
    }

    private static Set<String> lines(Path list) {
        try {
            return new HashSet<>(Files.readAllLines(list));
        } catch (IOException e) {
            throw FileErrors.reading(list, e);
        }
    }

    private static boolean parts(Path root) { return Files.isDirectory(root.resolve("test")); }

    /**
     * All sounds below the folders of a folder.
     *
     * @param classes that its folders may be named as
     * @throws IllegalArgumentException if a folder is not among the classes, or has no sound
     */
    public static SoundFolder of(Path root, List<String> classes) {
        for (String name : subfolders(root)) {
            Expect.that(classes.contains(name), root.resolve(name).toString(), "a folder named as one of the classes "
                    + classes, name);
        }
        return among(root, classes);
    }

    private static SoundFolder among(Path root, List<String> classes) {
        var files = new ArrayList<Path>();
        var labels = new ArrayList<Integer>();
        for (int label = 0; label < classes.size(); label++) {
            Path folder = root.resolve(classes.get(label));
            if (!Files.isDirectory(folder)) continue; // a word that nobody said
            var found = below(folder);
            files.addAll(found);
            for (int i = 0; i < found.size(); i++) labels.add(label);
        }
        return new SoundFolder(classes, files, labels);
    }

    private static List<String> subfolders(Path root) {
        Expect.that(Files.isDirectory(root), "data", "a folder that exists", root);
        try (var entries = Files.list(root)) {
            var names = entries.filter(Files::isDirectory).map(folder -> folder.getFileName().toString())
                    .filter(name -> !name.startsWith(".") && !name.startsWith("_")).sorted().toList();
            Expect.that(!names.isEmpty(), root.toString(), "a folder for each class, with sounds in it", "none");
            return names;
        } catch (IOException e) {
            throw FileErrors.reading(root, e);
        }
    }

    private static List<Path> below(Path folder) {
        try (var all = Files.walk(folder)) {
            var files = all.filter(file -> EXTENSIONS.contains(extension(file))).sorted().toList();
            Expect.that(!files.isEmpty(), folder.toString(), "sounds (" + String.join(", ",
                    EXTENSIONS.stream().sorted().toList()) + ")", "none; add some, or remove the folder");
            return files;
        } catch (IOException e) {
            throw FileErrors.reading(folder, e);
        }
    }

    private static String extension(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    private static String speaker(Path file) {
        String name = file.getFileName().toString();
        int end = name.indexOf(SPEAKER_ENDS);
        return end < 0 ? file.getParent().getFileName() + "/" + name : name.substring(0, end);
    }

    /** From 0 to below 1, the same always. */
    private static double share(String name, long seed) {
        var hash = UUID.nameUUIDFromBytes((seed + " " + name).getBytes(StandardCharsets.UTF_8));
        return (hash.getMostSignificantBits() >>> 11) * 0x1p-53;
    }

    private SoundFolder chosen(IntPredicate which) {
        int[] chosen = IntStream.range(0, files.size()).filter(which).toArray();
        return new SoundFolder(classes, IntStream.of(chosen).mapToObj(files::get).toList(),
                IntStream.of(chosen).mapToObj(labels::get).toList());
    }
}
