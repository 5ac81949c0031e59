package dev.merapi.tabular.series;

import dev.merapi.tabular.data.Column;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tabular.data.Table;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SeriesTest {
    private static Frame rows(String values) { return Table.sql("select * from (values " + values + ")").frame(); }

    @Test void aTableHasSeveral() {
        var frame = Table.sql("""
                select * from (values ('b', 2, 20.0, 1), ('a', 1, 1.0, 5), ('b', 1, 10.0, 0), ('a', 3, null, 7),
                    ('a', 2, 2.0, 6)) t(shop, day, sold, price)""").frame();
        var all = Series.of(frame, Series.Columns.of("day", "sold").by("shop").with("price"));
        assertEquals(List.of("b", "a"), all.stream().map(Series::name).toList());
        assertArrayEquals(new double[] {10, 20}, all.get(0).values());
        assertArrayEquals(new double[] {1, 2}, all.get(1).values()); // the third is the future
        assertArrayEquals(new double[] {5, 6, 7}, all.get(1).covariates().getFirst());
    }

    @Test void missingValuesAreFilledOnALine() {
        double[] filled = Series.of("y", Double.NaN, 1, Double.NaN, Double.NaN, 4, Double.NaN).filled().values();
        assertArrayEquals(new double[] {1, 1, 2, 3, 4, 4}, filled, 1e-12);
        var error = assertThrows(IllegalArgumentException.class, () -> Series.of("y", Double.NaN).filled());
        assertTrue(error.getMessage().contains("all are missing"), error.getMessage());
    }

    @Test void rowsThatDoNotFitAreNamed() {
        var twice = rows("(1, 5.0), (1, 6.0)").select("col0", "col1");
        var message = assertThrows(IllegalArgumentException.class, () -> Series.of(twice,
                Series.Columns.of("col0", "col1"))).getMessage();
        assertTrue(message.contains("Received two of 1; is a column missing that names the series?"), message);
        var none = rows("(1, 5.0), (null, 6.0)");
        message = assertThrows(IllegalArgumentException.class, () -> Series.of(none,
                Series.Columns.of("col0", "col1"))).getMessage();
        assertTrue(message.contains("expected a time in each row, in column col0. Received none in row 1"), message);
        message = assertThrows(IllegalArgumentException.class, () -> Series.of(twice,
                Series.Columns.of("col0", "col2"))).getMessage();
        assertTrue(message.contains("col2"), message);
    }

    @Test void timesGoOn() {
        assertEquals(List.of("2024-03-31", "2024-04-30", "2024-05-31"),
                List.of(following(3, "2024-01-31", "2024-02-29").texts()));
        assertEquals(List.of("2025-01-15", "2025-02-15"), List.of(following(2, "2024-11-15", "2024-12-15").texts()));
        assertEquals(List.of("2026-01-01"), List.of(following(1, "2024-01-01", "2025-01-01").texts()));
        assertEquals(List.of("2024-03-01", "2024-03-02"), List.of(following(2, "2024-02-28", "2024-02-29").texts()));
        assertEquals(List.of("2024-01-01T02:00:00"),
                List.of(following(1, "2024-01-01", "2024-01-01T01:00:00").texts()));
        var whole = new Column.Integers("t", new long[] {3, 7});
        assertArrayEquals(new double[] {11, 15}, TimeSteps.following(whole, new int[] {0, 1}, 2).numbers());
    }

    private static Column following(int count, String... dates) {
        var micros = Arrays.stream(dates).mapToLong(Column.Dates::micros).toArray();
        return TimeSteps.following(new Column.Dates("day", micros), new int[] {0, 1}, count);
    }

    @Test void gapsAreSeen() {
        var days = new Column.Integers("t", new long[] {1, 2, 3, 5, 6});
        assertTrue(TimeSteps.haveGap(days, new int[] {0, 1, 2, 3, 4}));
        assertFalse(TimeSteps.haveGap(days, new int[] {0, 1, 2}));
    }
}
