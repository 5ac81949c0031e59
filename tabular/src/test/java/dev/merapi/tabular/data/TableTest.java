package dev.merapi.tabular.data;

import dev.merapi.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TableTest {
    @TempDir Path folder;

    @Test void aQueryIsATable() throws IOException {
        Path ratings = Files.writeString(folder.resolve("ratings.csv"), "user,movie,rating\n1,7,4\n1,8,2\n2,7,5\n");
        var means = Table.sql("select movie, avg(rating) as mean, sum(user) as users from '" + ratings
                + "' group by movie order by movie").frame();
        assertArrayEquals(new double[] {7, 8}, means.column("movie").numbers());
        assertArrayEquals(new double[] {4.5, 2}, means.column("mean").numbers());
        assertArrayEquals(new double[] {3, 1}, means.column("users").numbers());
    }

    @Test void tablesAreNarrowed() throws IOException {
        Path file = Files.writeString(folder.resolve("t.csv"), "a,b\n3,x\n1,y\n2,z\n");
        var table = Table.read(file);
        assertEquals(3, table.count());
        assertEquals(List.of(new Field("a", Kind.INTEGER), new Field("b", Kind.TEXT)), table.fields());
        var some = table.where("a > 1").select("b", "a * 2 as twice").orderBy("twice").frame();
        assertEquals(List.of("b", "twice"), some.names());
        assertArrayEquals(new String[] {"z", "x"}, some.column("b").texts());
    }

    @Test void parquetAndJsonKeepTheirTypes() throws IOException, SQLException {
        Path parquet = folder.resolve("t.parquet"), json = folder.resolve("t.jsonl");
        try (var db = DriverManager.getConnection("jdbc:duckdb:"); var statement = db.createStatement()) {
            statement.execute("copy (select 1::tinyint as a, 2.5::decimal(5,2) as b, true as c, date '2024-02-29' as d,"
                    + " ['x', 'y'] as e, null::float as f, timestamp '2024-02-29 13:00:01' as g, 'u' as h) to '"
                    + parquet + "'");
        }
        var row = Table.read(parquet).frame();
        assertEquals(List.of(Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN, Kind.DATE, Kind.LIST, Kind.NUMBER, Kind.DATE,
                Kind.TEXT), row.columns().stream().map(Column::kind).toList());
        assertEquals("a,b,c,d,e,f,g,h\n1,2.5,true,2024-02-29,x|y,,2024-02-29T13:00:01,u\n", row.csv());

        Files.writeString(json, """
                {"id": 1, "tags": ["a", "b"], "x": 0.5}
                {"id": 2, "tags": [], "x": null}
                """);
        var rows = Table.read(json).frame();
        assertEquals(List.of(Kind.INTEGER, Kind.LIST, Kind.NUMBER), rows.columns().stream().map(Column::kind).toList());
        assertEquals("a|b", rows.column("tags").text(0));
        assertTrue(rows.column("x").isMissing(1));
    }

    @Test void otherDatabasesAreAskedByJdbc() throws SQLException {
        String url = "jdbc:duckdb:" + folder.resolve("shop.db");
        try (var db = DriverManager.getConnection(url); var statement = db.createStatement()) {
            statement.execute("create table orders as select i as id, i * 1.5 as price, 'c' || (i % 3) as customer"
                    + " from range(10) t(i)");
        }
        var orders = Table.jdbc(url, "select * from orders where id >= 5");
        assertEquals(5, orders.count());
        assertArrayEquals(new String[] {"c2", "c0", "c1"}, orders.where("id < 8").frame().column("customer").texts());
        var error = assertThrows(IllegalArgumentException.class, () -> Table.jdbc("jdbc:none:x", "select 1").frame());
        assertTrue(error.getMessage().contains("Is the database's JDBC driver on the class path?"), error.getMessage());
    }

    @Test void failuresSayWhatTheDatabaseSays() {
        var error = assertThrows(IllegalArgumentException.class, () -> Table.sql("select nme from range(3) t(name)")
                .frame());
        assertTrue(error.getMessage().startsWith("Table: ") && error.getMessage().contains("nme"), error.getMessage());
        error = assertThrows(IllegalArgumentException.class, () -> Table.sql("select {'a': 1} as point").frame());
        assertTrue(error.getMessage().contains("Received point of type STRUCT"), error.getMessage());
        error = assertThrows(IllegalArgumentException.class, () -> Table.sql("select 1 as age").frame().column("agee"));
        assertEquals("Frame: expected a column agee. Received the columns age; did you mean age?", error.getMessage());
    }

    @Test void partsAreReadOneByOne() {
        var numbers = Table.sql("select i from range(10) t(i)");
        try (var parts = numbers.frames(4)) {
            assertEquals(4, parts.next().size());
            assertEquals(4, parts.next().size());
            assertArrayEquals(new double[] {8, 9}, parts.next().column("i").numbers());
            assertFalse(parts.hasNext());
        }
    }

    @Test void numbersBecomeATensor() {
        long before = Scope.live();
        try (var _ = Scope.open()) {
            var x = Table.sql("select i as a, i / 2 as b, null::double as c from range(3) t(i)").frame()
                    .tensor("b", "a", "c");
            assertArrayEquals(new long[] {3, 3}, x.shape());
            assertArrayEquals(new float[] {0, 0, Float.NaN, 0.5f, 1, Float.NaN, 1, 2, Float.NaN}, x.toFloats());
        }
        assertTrue(Scope.live() <= before, "left alive: " + (Scope.live() - before));
    }
}
