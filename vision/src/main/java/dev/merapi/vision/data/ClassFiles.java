package dev.merapi.vision.data;

import dev.merapi.io.FileErrors;
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
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Files with their classes: a folder with one sub-folder for each class, which gives the class its name. All files of
 * a kind below a class folder belong to it; others, and hidden ones, are passed over.
 *
 * @param classes names, in the order of the labels
 * @param files in the order of their classes and names
 * @param labels a class for each file
 * @param skipped what is wrong with those that were left out, each with its file
 */
public record ClassFiles(List<String> classes, List<Path> files, List<Integer> labels, List<String> skipped) {
    /**
     * What files are looked for.
     *
     * @param name one of them, such as {@code image}
     * @param extensions that their names end in
     * @param check throws an exception for a file that cannot be used
     */
    public record Kind(String name, Set<String> extensions, Consumer<Path> check) {}

    /** Those to learn from, of which there may be none, and those to test with. */
    public record Split(ClassFiles train, ClassFiles test) {
        /** What is wrong with those that were left out of either. */
        public List<String> skipped() { return Stream.of(train, test).flatMap(of -> of.skipped.stream()).toList(); }
    }

    public ClassFiles {
        classes = List.copyOf(classes);
        files = List.copyOf(files);
        labels = List.copyOf(labels);
        skipped = List.copyOf(skipped);
    }

    /** The names of the folders in {@code root} or, where there is one, in {@code root/train} or {@code root/test}. */
    public static List<String> classes(Path root, Kind kind) {
        return subfolders(Stream.of("train", "test").map(root::resolve).filter(Files::isDirectory).findFirst()
                .orElse(root), kind);
    }

    /**
     * The files below one folder.
     *
     * @param classes that its folders may be named as; not all of them must occur
     * @param onError with {@link OnError#SKIP} every file is checked
     * @throws IllegalArgumentException if it has no class folder, one that is not among the classes, or one without a
     *     file that can be used
     */
    public static ClassFiles of(Path root, List<String> classes, Kind kind, OnError onError) {
        var files = new ArrayList<Path>();
        var labels = new ArrayList<Integer>();
        var skipped = new ArrayList<String>();
        for (String name : subfolders(root, kind)) {
            int label = classes.indexOf(name);
            if (label < 0) {
                throw new IllegalArgumentException(root.resolve(name) + ": expected a folder named as one of the"
                        + " classes " + classes + ". Received " + name);
            }
            var found = below(root.resolve(name), kind);
            if (onError == OnError.SKIP) found = usable(root.resolve(name), found, kind, skipped);
            files.addAll(found);
            found.forEach(_ -> labels.add(label));
        }
        return new ClassFiles(classes, files, labels, skipped);
    }

    /**
     * {@code root/train} and {@code root/test} or, where there is neither, each class's files in {@code root} divided.
     * With {@code root/test} alone there is nothing to train on. Throws as {@link #of}.
     *
     * @param testFraction of each class's files, rounded; one at least, if there are two. Which they are follows from
     *     the seed and the files' names below {@code root} alone.
     */
    public static Split split(Path root, List<String> classes, Kind kind, double testFraction, long seed,
            OnError onError) {
        Path train = root.resolve("train"), test = root.resolve("test");
        boolean learns = Files.isDirectory(train);
        if (learns || Files.isDirectory(test)) {
            return new Split(learns ? of(train, classes, kind, onError)
                    : new ClassFiles(classes, List.of(), List.of(), List.of()), of(test, classes, kind, onError));
        }
        var all = of(root, classes, kind, onError);
        var tested = all.drawn(root, testFraction, seed);
        if (tested.isEmpty()) {
            throw new IllegalArgumentException(root + ": expected two " + kind.name + "s of a class, one to train on"
                    + " and one to test on. Received " + all.files.size() + " of " + classes.size() + " classes.");
        }
        return new Split(all.chosen(i -> !tested.get(i), all.skipped), all.chosen(tested::get, List.of()));
    }

    /** For each class those whose hashes are smallest: another file more does not deal out all anew. */
    private BitSet drawn(Path root, double fraction, long seed) {
        var drawn = new BitSet();
        for (int label = 0; label < classes.size(); label++) {
            int of = label;
            int[] members = IntStream.range(0, files.size()).filter(i -> labels.get(i) == of).toArray();
            long count = Math.min(Math.max(Math.round(fraction * members.length), 1), members.length - 1);
            IntStream.of(members).boxed().sorted(Comparator.comparing(i -> hash(root.relativize(files.get(i)), seed)))
                    .limit(Math.max(count, 0)).forEach(drawn::set);
        }
        return drawn;
    }

    private ClassFiles chosen(IntPredicate which, List<String> skipped) {
        int[] chosen = IntStream.range(0, files.size()).filter(which).toArray();
        return new ClassFiles(classes, IntStream.of(chosen).mapToObj(files::get).toList(),
                IntStream.of(chosen).mapToObj(labels::get).toList(), skipped);
    }

    static UUID hash(Path name, long seed) {
        String key = seed + " " + name.toString().replace(File.separatorChar, '/');
        return UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8)); // MD5's
    }

    private static List<Path> usable(Path folder, List<Path> files, Kind kind, List<String> skipped) {
        var problems = files.parallelStream().map(file -> problem(file, kind)).toList();
        problems.stream().filter(problem -> !problem.isEmpty()).forEach(skipped::add);
        var usable = IntStream.range(0, files.size()).filter(i -> problems.get(i).isEmpty()).mapToObj(files::get)
                .toList();
        if (!usable.isEmpty()) return usable;
        throw new IllegalArgumentException(folder + ": expected " + kind.name + "s that can be read. Received "
                + files.size() + " that cannot, such as " + problems.getFirst());
    }

    /** What is wrong with a file; nothing, in most. */
    private static String problem(Path file, Kind kind) {
        try {
            kind.check.accept(file);
            return "";
        } catch (IllegalArgumentException | UncheckedIOException e) {
            return e.getMessage();
        }
    }

    /** The names of the folders in a folder, in their order. */
    static List<String> subfolders(Path root, Kind kind) {
        try (var entries = Files.list(root)) {
            var names = entries.filter(Files::isDirectory).map(folder -> folder.getFileName().toString())
                    .filter(name -> !name.startsWith(".")).sorted().toList();
            if (!names.isEmpty()) return names;
            throw new IllegalArgumentException(root + ": expected a folder for each class, with " + kind.name
                    + "s in it. Received none.");
        } catch (IOException e) {
            throw FileErrors.reading(root, e);
        }
    }

    private static List<Path> below(Path folder, Kind kind) {
        var files = PictureFiles.files(folder, kind.extensions);
        if (!files.isEmpty()) return files;
        throw new IllegalArgumentException(folder + ": expected " + kind.name + "s (" + String.join(", ",
                kind.extensions.stream().sorted().toList()) + "). Received none; add some, or remove the folder.");
    }
}
