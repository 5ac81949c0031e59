package dev.merapi.text.data;

import dev.merapi.data.Dataset;
import dev.merapi.data.Split;
import dev.merapi.io.FileErrors;
import dev.merapi.io.Nearest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Labelled texts to train and to test with.
 *
 * <pre>{@code
 * var data = TextData.read(Path.of("train.csv"), Path.of("test.csv"), "text", "label").prepare(Clean.STRIP_HTML);
 * }</pre>
 *
 * @param classes names, in the order of the labels
 * @param train texts to learn from
 * @param test texts to measure with
 */
public record TextData(List<String> classes, Dataset<LabeledText> train, Dataset<LabeledText> test) {
    public TextData {
        classes = List.copyOf(classes);
    }

    /**
     * Two tables as {@link Columns} reads them. The classes are those of the training file, numbered in their order: of
     * size where all are whole numbers, else of their characters.
     *
     * @param text name of the column with the texts
     * @param label name of the column with the classes' names
     * @throws IllegalArgumentException as {@link Columns#stream}, for a file without rows, or for a class that is in
     *     the test file alone
     */
    public static TextData read(Path train, Path test, String text, String label) {
        return read(train, test, new String[] {text, label});
    }

    /** As {@link #read(Path, Path, String, String)} for pairs of texts. */
    public static TextData read(Path train, Path test, String text, String second, String label) {
        return read(train, test, new String[] {text, second, label});
    }

    private static TextData read(Path train, Path test, String... columns) {
        var rows = rows(train, columns);
        var classes = classes(rows);
        return new TextData(classes, labeled(train, rows, classes), labeled(test, rows(test, columns), classes));
    }

    /**
     * A table with classes that are known.
     *
     * @param classes names in the order of the labels; not all of them must occur
     * @throws IllegalArgumentException as {@link Columns#stream}, for a file without rows, or for another class
     */
    public static Dataset<LabeledText> read(Path file, List<String> classes, String text, String label) {
        return labeled(file, rows(file, text, label), classes);
    }

    /**
     * The classes in a column of a table, in the order of their numbers; as {@link #read(Path, Path, String, String)}
     * numbers them.
     */
    public static List<String> classes(Path file, String label) { return classes(rows(file, label)); }

    /**
     * One table, a part of which is held out at random, with equal shares of each class.
     *
     * @param test the fraction to hold out, such as 0.2
     */
    public static TextData split(Path file, String text, String label, double test, long seed) {
        var rows = rows(file, text, label);
        var classes = classes(rows);
        var all = labeled(file, rows, classes);
        var parts = FileErrors.naming(file, () -> Split.stratified(all, Split.labels(all, LabeledText::label), seed,
                1 - test, test));
        return new TextData(classes, parts.get(0), parts.get(1));
    }

    /** Changes every text, when it is asked for. */
    public TextData prepare(UnaryOperator<String> change) {
        return new TextData(classes, train.map(t -> changed(t, change)), test.map(t -> changed(t, change)));
    }

    /**
     * This data with the numbers of a model that has learnt these classes. It need not have all of them.
     *
     * @throws IllegalArgumentException if it has others
     */
    public TextData expectClasses(List<String> learnt) {
        if (classes.equals(learnt)) return this;
        if (!learnt.containsAll(classes)) {
            throw new IllegalArgumentException("data: expected the classes that the run has learnt, " + learnt
                    + ". Received " + classes + "; has the file changed?");
        }
        UnaryOperator<LabeledText> renumber = t ->
                new LabeledText(t.text(), t.second(), learnt.indexOf(classes.get(t.label())));
        return new TextData(learnt, train.map(renumber), test.map(renumber));
    }

    private static LabeledText changed(LabeledText text, UnaryOperator<String> change) {
        String second = text.second() == null ? null : change.apply(text.second());
        return new LabeledText(change.apply(text.text()), second, text.label());
    }

    private static List<List<String>> rows(Path file, String... columns) {
        var rows = Columns.read(file, columns);
        if (rows.isEmpty()) {
            throw new IllegalArgumentException(file + ": expected rows with texts and labels. Received none.");
        }
        for (int i = 0; i < rows.size(); i++) {
            if (!rows.get(i).getLast().isBlank()) continue;
            throw new IllegalArgumentException(file + ", row " + (i + 1) + ": expected a label in column \""
                    + columns[columns.length - 1] + "\". Received none.");
        }
        return rows;
    }

    private static List<String> classes(List<List<String>> rows) {
        var names = rows.stream().map(List::getLast).distinct().toList();
        boolean numbers = names.stream().allMatch(name -> name.matches("-?\\d{1,18}"));
        return names.stream().sorted(numbers ? Comparator.comparingLong(Long::parseLong)
                : Comparator.naturalOrder()).toList();
    }

    private static Dataset<LabeledText> labeled(Path file, List<List<String>> rows, List<String> classes) {
        var texts = new ArrayList<LabeledText>(rows.size());
        for (var row : rows) {
            int label = classes.indexOf(row.getLast());
            if (label < 0) {
                throw new IllegalArgumentException(file + ": expected one of the classes that are learnt, " + classes
                        + ". Received \"" + row.getLast() + "\" in row " + (texts.size() + 1)
                        + Nearest.near(row.getLast(), classes).map(n -> "; did you mean \"" + n + "\"?").orElse("."));
            }
            texts.add(new LabeledText(row.getFirst(), row.size() == 2 ? null : row.get(1), label));
        }
        return Dataset.of(texts);
    }
}
