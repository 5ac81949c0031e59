package dev.merapi.text.recipe;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Tables in files, as {@link dev.merapi.text.data.Columns} reads them. */
final class Tables {
    static final String EXPECTED = "a table (.csv, .tsv, .jsonl)";
    private static final List<String> ENDINGS = List.of(".csv", ".tsv", ".jsonl", ".ndjson", ".csv.gz", ".tsv.gz",
            ".jsonl.gz", ".ndjson.gz");

    private Tables() {}

    /** Whether a name is that of a table, and not of a part of a folder. */
    static boolean isOne(String name) { return ENDINGS.stream().anyMatch(name::endsWith); }

    /** The table that a part of a folder's data is in. */
    static Optional<Path> in(Path folder, String part) {
        return ENDINGS.stream().map(ending -> folder.resolve(part + ending)).filter(Files::exists).findFirst();
    }
}
