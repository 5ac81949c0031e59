package dev.merapi.text.recipe;

import dev.merapi.io.Nearest;
import dev.merapi.text.data.Columns;
import java.nio.file.Path;

/**
 * A column of a table, and the setting that names it.
 *
 * @param setting such as {@code label}
 * @param name its value, which is the column's name in the file
 */
record Column(String setting, String name) {
    /**
     * Looks for columns before a table is read.
     *
     * @throws IllegalArgumentException if one is not there, with the setting to change
     */
    static void expect(Path table, Column... columns) {
        var there = Columns.names(table);
        if (there.isEmpty()) return; // a file without rows: who reads it says so
        for (var column : columns) {
            if (there.contains(column.name)) continue;
            throw new IllegalArgumentException(table + ": expected a column \"" + column.name + "\". Received the"
                    + " columns " + there + "; add " + column.setting + "="
                    + Nearest.near(column.name, there).orElse("<column>") + ".");
        }
    }
}
