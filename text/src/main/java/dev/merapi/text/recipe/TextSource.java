package dev.merapi.text.recipe;

import dev.merapi.data.Dataset;
import dev.merapi.text.data.LabeledText;
import dev.merapi.text.data.TextData;
import dev.merapi.text.data.TextFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Labelled texts to learn from and to measure with, read when they are asked for. */
interface TextSource {
    /** All, with the classes of those to learn from. */
    TextData all();

    /** Those to measure with; they need not have all the classes, which a run has learnt. */
    default Dataset<LabeledText> test(List<String> classes) { return all().expectClasses(classes).test(); }

    /** A data set with a test part; another is a table with columns of these names. */
    static TextSource of(Supplier<TextData> data, String test, Column text, Column label) {
        if (test.isEmpty()) return data::get;
        return new TextSource() {
            @Override public TextData all() {
                var all = data.get();
                return new TextData(all.classes(), all.train(), test(all.classes()));
            }

            @Override public Dataset<LabeledText> test(List<String> classes) {
                return TextSource.read(Settings.existing("test", test, Tables.EXPECTED), classes, text, label);
            }
        };
    }

    private static Dataset<LabeledText> read(Path table, List<String> classes, Column text, Column label) {
        Column.expect(table, text, label);
        return TextData.read(table, classes, text.name(), label.name());
    }

    /**
     * A user's own texts: a table, or a folder with a table, or folders of classes, for each part.
     *
     * @param data the table or folder
     * @param test what to measure with: the name of a part or another table; empty for {@code test}, or a fifth of a
     *     table
     * @param text a table's column with the texts
     * @param label its column with the classes
     * @param seed by which the fifth is chosen
     */
    record Own(String data, String test, Column text, Column label, long seed) implements TextSource {
        private static final double HELD_OUT = 0.2;

        @Override public TextData all() {
            Path path = path();
            boolean folder = Files.isDirectory(path);
            if (!folder && test.isEmpty()) return split(path);
            var table = folder ? Tables.in(path, "train") : Optional.of(path);
            if (table.isPresent()) Column.expect(table.get(), text, label);
            var classes = table.isPresent() ? TextData.classes(table.get(), label.name())
                    : TextFolder.classes(path.resolve("train"));
            var train = table.isPresent() ? TextData.read(table.get(), classes, text.name(), label.name())
                    : TextFolder.read(path.resolve("train"), classes);
            return new TextData(classes, train, test(classes));
        }

        @Override public Dataset<LabeledText> test(List<String> classes) {
            if (Tables.isOne(test)) {
                return TextSource.read(Settings.existing("test", test, Tables.EXPECTED), classes, text, label);
            }
            Path path = path();
            String part = test.isEmpty() ? "test" : test;
            if (Files.isDirectory(path)) {
                return Tables.in(path, part).map(table -> TextSource.read(table, classes, text, label))
                        .orElseGet(() -> TextFolder.read(path.resolve(part), classes));
            }
            if (test.isEmpty()) return split(path).expectClasses(classes).test();
            throw new IllegalArgumentException("test: expected " + Tables.EXPECTED + ", as data is one, or nothing to"
                    + " hold out a fifth of it. Received " + test);
        }

        private Path path() {
            return Settings.existing("data", data, Tables.EXPECTED + ", or a folder with train/<class>/ and"
                    + " test/<class>/, or with a train and a test table");
        }

        private TextData split(Path table) {
            Column.expect(table, text, label);
            return TextData.split(table, text.name(), label.name(), HELD_OUT, seed);
        }
    }
}
