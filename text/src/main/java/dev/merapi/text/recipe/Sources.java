package dev.merapi.text.recipe;

import dev.merapi.text.data.TextData;
import dev.merapi.text.data.TextFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where a user's labelled texts are. */
final class Sources {
    static final String EXPECTED = "a table (.csv, .tsv, .jsonl), or a folder with train/<class>/ and test/<class>/,"
            + " or with a train and a test table";
    private static final List<String> TABLES = List.of("csv", "tsv", "jsonl");
    private static final double HELD_OUT = 0.2; // of a table without a test table

    private Sources() {}

    /**
     * @param text name of the column with the texts
     * @param label name of the column with the classes
     */
    static TextData read(Path data, String text, String label, long seed) {
        if (!Files.isDirectory(data)) return TextData.split(data, text, label, HELD_OUT, seed);
        for (String table : TABLES) {
            Path train = data.resolve("train." + table);
            if (Files.exists(train)) return TextData.read(train, data.resolve("test." + table), text, label);
        }
        return TextFolder.split(data);
    }
}
