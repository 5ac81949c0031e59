package dev.merapi.tabular.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Chunks against the same rows one by one, as every driver gives them. */
class ChunkRowsTest {
    private static final List<String> TYPES = List.of("tinyint", "smallint", "integer", "bigint", "utinyint",
            "usmallint", "uinteger", "hugeint", "float", "double", "decimal(9, 2)", "decimal(30, 3)", "decimal(6, 0)",
            "boolean", "varchar");

    @TempDir Path folder;

    private static String csv(Rows rows) throws SQLException {
        try (rows) {
            while (rows.hasNext()) rows.read(777); // across the ends of chunks
            return Frame.of(rows.columns().stream().map(GrowingColumn::finish).toList()).csv();
        }
    }

    @Test void valuesAreThoseOfRowsOneByOne() throws SQLException {
        var columns = TYPES.stream().map(type -> "case when i % 7 = " + TYPES.indexOf(type) % 7 + " then null else"
                + " cast(i % 100 as " + type + ") end as \"" + type + "\"").toList();
        String query = "select " + String.join(", ", columns) + ", case when i % 5 > 0 then date '1969-12-01' +"
                + " cast(i as integer) end as day, case when i % 3 > 0 then timestamp '1969-12-31 23:00:00.25' +"
                + " to_hours(i) end as moment, 'Zürich ' || (i % 9) as \"a \"\" b\" from range(5000) t(i)";
        try (var connection = DriverManager.getConnection("jdbc:duckdb:")) {
            String chunks = csv(ChunkRows.of((DuckDBConnection) connection, query));
            assertEquals(csv(new ResultRows(connection, query)), chunks);
        }
    }

    @Test void otherTypesAndOtherStatementsComeOneByOne() throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:duckdb:").unwrap(DuckDBConnection.class)) {
            assertNull(ChunkRows.of(connection, "select [1, 2] as x"));
            assertNull(ChunkRows.of(connection, "select none from range(3)"));
            assertNull(ChunkRows.of(connection, "select cast(error('at once') as integer) as x"));
        }
        assertArrayEquals(new String[] {"1|2"}, Table.sql("select [1, 2] as x").frame().column("x").texts());
        assertEquals(0, Table.sql("select 1 as x where false").frame().size());
        assertEquals(List.of("x"), Table.sql("select 1 as x -- one\n;\n").frame().names());
    }

    @Test void theOrderOfAQueryIsKept() {
        var rows = Table.sql("select i from range(300000) t(i) order by hash(i)");
        double[] all = rows.frame().column("i").numbers();
        double[] again = new double[all.length];
        int at = 0;
        try (var parts = rows.frames(12_345)) {
            while (parts.hasNext()) {
                for (double x : parts.next().column("i").numbers()) again[at++] = x;
            }
        }
        assertArrayEquals(all, again);
        assertEquals(300_000, Arrays.stream(all).distinct().count());
        assertTrue(all[0] != 0 || all[1] != 1);
    }

    @Test void aFailureFarBehindIsNoEnd() throws IOException {
        var sql = assertThrows(IllegalArgumentException.class, () -> Table.sql("select case when i = 700000 then"
                + " error('Bad row.') else i end as x from range(1000000) t(i)").frame());
        assertTrue(sql.getMessage().contains("Bad row."), sql.getMessage());

        Path file = Files.writeString(folder.resolve("t.csv"), "x,y\n" + "1.5,2\n".repeat(400_000) + "1.5,two\n"
                + "1.5,2\n".repeat(1000));
        var error = assertThrows(IllegalArgumentException.class, () -> {
            try (var parts = Table.read(file).frames(1000)) {
                while (parts.hasNext()) parts.next();
            }
        });
        assertEquals(file + ", line 400002: expected a whole number in column y. Received \"two\"; mend it, or leave it"
                + " empty if it is missing.", error.getMessage());
    }
}
