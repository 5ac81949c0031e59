package dev.merapi.text.recipe;

import dev.merapi.data.Dataset;
import dev.merapi.data.Split;
import dev.merapi.text.data.Columns;
import dev.merapi.text.data.TextPair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a user's pairs of texts are: a table, or a folder with a table or two parallel files for each part.
 *
 * @param data the table or folder
 * @param from a table's column, or by its name the ending of a parallel file, with the one text of each pair
 * @param to that with the other
 * @param test what to measure with: the name of a part or another table; empty for {@code val}, or a tenth of a table
 * @param seed by which the tenth is chosen
 */
record PairSource(String data, Column from, Column to, String test, long seed) {
    private static final double HELD_OUT = 0.1;

    Dataset<TextPair> trainPairs() {
        Path path = path();
        if (Files.isDirectory(path)) return part(path, "train");
        return test.isEmpty() ? split(path).getFirst() : table(path);
    }

    /** Needs no training part. */
    Dataset<TextPair> testPairs() {
        if (Tables.isOne(test)) return table(Settings.existing("test", test, Tables.EXPECTED));
        Path path = path();
        if (Files.isDirectory(path)) return part(path, testPart());
        if (test.isEmpty()) return split(path).getLast();
        throw new IllegalArgumentException("test: expected " + Tables.EXPECTED + ", as data is one, or nothing to hold"
                + " out a tenth of it. Received " + test);
    }

    /** Where the data is; it must be there. */
    Path path() {
        String part = testPart();
        return Settings.existing("data", data, Tables.EXPECTED + ", or a folder with train." + from.name() + ", train."
                + to.name() + ", " + part + "." + from.name() + " and " + part + "." + to.name() + ", or with a train"
                + " and a " + part + " table");
    }

    private String testPart() { return test.isEmpty() ? "val" : test; }

    private Dataset<TextPair> part(Path folder, String name) {
        return Tables.in(folder, name).map(this::table)
                .orElseGet(() -> TextPair.read(folder, name, from.name(), to.name()));
    }

    private List<Dataset<TextPair>> split(Path table) {
        return Split.random(table(table), seed, 1 - HELD_OUT, HELD_OUT);
    }

    private Dataset<TextPair> table(Path file) {
        Column.expect(file, from, to);
        var pairs = Columns.read(file, from.name(), to.name()).stream()
                .map(row -> new TextPair(row.getFirst(), row.getLast())).toList();
        if (pairs.isEmpty()) throw new IllegalArgumentException(file + ": expected rows with pairs. Received none.");
        return Dataset.of(pairs);
    }
}
