package dev.merapi.text.data;

import dev.merapi.data.Dataset;
import dev.merapi.io.FileErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A folder with one sub-folder for each class, which gives the class its name, as Keras's
 * {@code text_dataset_from_directory} has it:
 *
 * <pre>
 * mail/train/ham/1.txt    mail/train/spam/1.txt    mail/test/ham/7.txt    mail/test/spam/3.txt
 * </pre>
 *
 * Classes are numbered in the order of their names. Every {@code .txt} file of a class folder is a text in UTF-8, read
 * now; others, and hidden ones, are passed over.
 */
public final class TextFolder {
    private TextFolder() {}

    /**
     * {@code root/train} and {@code root/test} with the classes of {@code train}.
     *
     * @throws IllegalArgumentException if a class folder is missing, has no text, or is in {@code test} alone; or for a
     *     file that is not UTF-8
     * @throws java.io.UncheckedIOException if a folder or file cannot be read
     */
    public static TextData split(Path root) {
        var classes = classes(root.resolve("train"));
        return new TextData(classes, read(root.resolve("train"), classes), read(root.resolve("test"), classes));
    }

    /**
     * The texts of one folder, class by class, each in the order of the files' names.
     *
     * @param classes names in the order of the labels; not all of them must occur
     */
    public static Dataset<LabeledText> read(Path root, List<String> classes) {
        return Dataset.of(classes(root).stream().flatMap(name -> {
            int label = classes.indexOf(name);
            if (label >= 0) return texts(root.resolve(name), label);
            throw new IllegalArgumentException(root.resolve(name) + ": expected a folder named as one of the classes "
                    + classes + ". Received " + name + "; move it elsewhere.");
        }).toList());
    }

    static Stream<LabeledText> texts(Path folder, int label) {
        var files = list(folder, Files::isRegularFile).stream().filter(name -> name.endsWith(".txt")).toList();
        if (files.isEmpty()) {
            throw new IllegalArgumentException(folder + ": expected texts in .txt files. Received none; add some, or"
                    + " remove the folder.");
        }
        return files.stream().map(name -> new LabeledText(Utf8File.read(folder.resolve(name)), label));
    }

    /**
     * The names of the folders in one, in order.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static List<String> classes(Path root) {
        var names = list(root, Files::isDirectory);
        if (!names.isEmpty()) return names;
        throw new IllegalArgumentException(root + ": expected a folder for each class, with texts in it. Received"
                + " none.");
    }

    private static List<String> list(Path folder, Predicate<Path> kind) {
        try (var entries = Files.list(folder)) {
            return entries.filter(kind).map(entry -> entry.getFileName().toString())
                    .filter(name -> !name.startsWith(".")).sorted().toList();
        } catch (IOException e) {
            throw FileErrors.reading(folder, e);
        }
    }
}
