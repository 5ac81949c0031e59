package dev.merapi.tabular.data;

import dev.merapi.data.Loader;
import dev.merapi.tabular.data.Feature.Scaling;
import dev.merapi.tensor.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TablePreprocessingTest {
    @TempDir Path folder;

    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    private static Column numbers(String name, double... values) { return new Column.Numbers(name, values); }

    private static Column texts(String name, String... values) { return new Column.Texts(name, values); }

    private static final Column TARGET = texts("y", "no", "yes", "no", "yes");

    private static TablePreprocessing fit(Feature feature, Column column) {
        return TablePreprocessing.fit(new Features(List.of(feature), "y", true), Frame.of(column, TARGET));
    }

    private static float[] numbersOf(Feature feature, Column train, Column use) {
        return fit(feature, train).apply(Frame.of(use)).numbers().toFloats();
    }

    private static long[] idsOf(Feature feature, Column train, Column use) {
        return fit(feature, train).apply(Frame.of(use)).categories().toLongs();
    }

    /** Standard deviations with divisor N, as scikit-learn's StandardScaler: that of 1, 2, 3, 6 is √3.5. */
    @Test void numbersAreScaledAsTheTrainingRowsWere() {
        var train = numbers("x", 1, 2, 3, 6);
        float root = (float) Math.sqrt(3.5);
        assertArrayEquals(new float[] {-2 / root, 0, 7 / root},
                numbersOf(Feature.number("x"), train, numbers("x", 1, 3, 10)), 1e-6f);
        assertArrayEquals(new float[] {0, 0.4f, 1.8f},
                numbersOf(Feature.number("x").scaling(Scaling.MIN_MAX), train, numbers("x", 1, 3, 10)), 1e-6f);
        assertArrayEquals(new float[] {-0.75f, 3.75f}, // median 2.5, quartiles 1.75 and 3.75
                numbersOf(Feature.number("x").scaling(Scaling.ROBUST), train, numbers("x", 1, 10)), 1e-6f);
        var log = Feature.number("x").scaling(Scaling.NONE).log(true);
        assertArrayEquals(new float[] {(float) Math.log(11), (float) -Math.log(11)},
                numbersOf(log, train, numbers("x", 10, -10)), 1e-6f);
    }

    @Test void missingNumbersAreTheMeanAndAreMarked() {
        var train = numbers("x", 1, Double.NaN, 3, Double.NaN);
        assertArrayEquals(new float[] {0, 1, 1, 0},
                numbersOf(Feature.number("x"), train, numbers("x", Double.NaN, 3)), 1e-6f);
        assertEquals(List.of("x", "x is missing"), fit(Feature.number("x"), train).numbers());
        var whole = numbers("x", 1, 1, 3, 3);
        assertArrayEquals(new float[] {0}, numbersOf(Feature.number("x"), whole, numbers("x", Double.NaN)), 1e-6f);
    }

    @Test void constantAndAbsentColumnsBecomeZero() {
        assertArrayEquals(new float[] {0, 2}, numbersOf(Feature.number("x"), numbers("x", 5, 5, 5, 5),
                numbers("x", 5, 7)), 1e-6f);
        double nan = Double.NaN;
        assertArrayEquals(new float[] {0, 7}, numbersOf(Feature.number("x"), numbers("x", nan, nan, nan, nan),
                numbers("x", nan, 7)), 1e-6f);
    }

    @Test void binsHoldEquallyManyRows() {
        // quartiles 1.75, 2.5, 3.75; an id is 2 and the number of edges that are not above the value
        assertArrayEquals(new long[] {2, 3, 4, 5, 5, 1}, idsOf(Feature.bins("x", 4), numbers("x", 1, 2, 3, 6),
                numbers("x", 0, 1.75, 3, 3.75, 100, Double.NaN)));
    }

    @Test void categoriesKnowTheUnknownTheRareAndTheMissing() {
        var train = texts("c", "a", "b", "a", null);
        var use = texts("c", "a", "b", "z", null);
        assertArrayEquals(new long[] {2, 3, 0, 1}, idsOf(Feature.category("c"), train, use));
        assertArrayEquals(new long[] {2, 0, 0, 1}, idsOf(Feature.category("c").minCount(2), train, use));
        assertArrayEquals(new long[] {2, 0, 0, 1}, idsOf(Feature.category("c").maxSize(1), train, use));
        assertEquals(List.of(4), fit(Feature.category("c"), train).inputs().categories());
        // whole numbers name the same category, however their column is stored
        assertArrayEquals(new long[] {2, 3}, idsOf(Feature.category("c"), new Column.Integers("c",
                new long[] {7, 7, 8, Column.MISSING}), numbers("c", 7, 8)));
    }

    @Test void hashesFallIntoBuckets() {
        var feature = Feature.hashed("c", 10);
        long[] ids = idsOf(feature, texts("c", "a", "b", "c", "d"), texts("c", "a", "new", null, "a"));
        assertEquals(ids[0], ids[3]);
        assertEquals(1, ids[2]);
        assertTrue(Arrays.stream(ids).allMatch(id -> id >= 1 && id < 12), Arrays.toString(ids));
        var many = Stream.iterate(0, i -> i + 1).limit(1000).map(i -> "v" + i).toArray(String[]::new);
        assertEquals(10, Arrays.stream(idsOf(feature, texts("c", "a", "b", "c", "d"), texts("c", many))).distinct()
                .count());
    }

    @Test void crossesTellCombinationsApart() {
        var train = Frame.of(texts("a", "x", "x", "y", "y"), texts("b", "x", "y", "x", "y"), TARGET);
        var preprocessing = TablePreprocessing.fit(new Features(List.of(Feature.cross(1_000_000, "a", "b")), "y", true),
                train);
        long[] buckets = preprocessing.apply(train).crosses().toLongs();
        assertEquals(4, Arrays.stream(buckets).distinct().count());
        assertArrayEquals(buckets, preprocessing.apply(train).crosses().toLongs());
        assertEquals(List.of(1_000_000), preprocessing.inputs().crosses());
    }

    @Test void listsAreFilledUp() {
        var train = texts("g", "Comedy|Drama", "Drama", null, "Drama|War");
        var fitted = fit(Feature.list("g", "|"), train);
        var batch = fitted.apply(Frame.of(texts("g", "War|Drama|Noir", "", "Comedy")));
        // Drama 3 times, then by the alphabet: Drama 2, Comedy 3, War 4; 1 is unknown
        assertArrayEquals(new long[] {4, 2, 1, 0, 0, 0, 3, 0, 0}, batch.lists().getFirst().toLongs());
        assertEquals(List.of(5), fitted.inputs().lists());
        var lists = new Column.Lists("g", new String[][] {{"Comedy"}, null, {"Drama", "War"}, {}});
        assertArrayEquals(new long[] {3, 0, 0, 0, 2, 4, 0, 0},
                fitted.apply(Frame.of(lists)).lists().getFirst().toLongs());
    }

    @Test void datesAreCircles() {
        long day = 86_400_000_000L;
        var train = new Column.Dates("d", new long[] {0, 10 * day, 5 * day, Column.MISSING});
        var fitted = fit(Feature.date("d"), train);
        assertEquals(List.of("d days", "d sin of year", "d cos of year", "d sin of week", "d cos of week",
                "d is missing"), fitted.numbers());
        // 1970-01-01 was a Thursday: 3 days of 7 after Monday
        float[] numbers = fitted.apply(Frame.of(new Column.Dates("d", new long[] {0, Column.MISSING}))).numbers()
                .toFloats();
        assertArrayEquals(new float[] {0, 0, 1, (float) Math.sin(6 * Math.PI / 7), (float) Math.cos(6 * Math.PI / 7), 0,
                0, 0, 0, 0, 0, 1}, numbers, 1e-6f);
    }

    @Test void savedAndLoadedItGivesTheSame() {
        var frame = Table.sql("""
                select i % 7 as n, case when i % 5 > 0 then i / 3 end as x, 'c' || i % 4 as c, 'k' || i as k,
                    date '2024-01-01' + i::int as d, ['t' || i % 3, 't' || i % 2] as l, i % 2 = 0 as b,
                    case when i % 3 = 0 then 'no' else 'yes' end as y from range(50) t(i)""").frame();
        var features = new Features(List.of(Feature.number("n"), Feature.number("x").log(true), Feature.bins("x", 5),
                Feature.category("c").minCount(2), Feature.hashed("k", 16), Feature.date("d"), Feature.list("l"),
                Feature.category("b"), Feature.cross(100, "c", "b")), "y", true);
        var fitted = TablePreprocessing.fit(features, frame.head(30));
        fitted.save(folder);
        var loaded = TablePreprocessing.load(folder);
        var before = fitted.apply(frame);
        var after = loaded.apply(frame);
        assertArrayEquals(before.numbers().toFloats(), after.numbers().toFloats());
        assertArrayEquals(before.categories().toLongs(), after.categories().toLongs());
        assertArrayEquals(before.lists().getFirst().toLongs(), after.lists().getFirst().toLongs());
        assertArrayEquals(before.crosses().toLongs(), after.crosses().toLongs());
        assertArrayEquals(before.target().toLongs(), after.target().toLongs());
        assertEquals(fitted.columns(), loaded.columns());
        assertEquals(new Target.Classes("y", List.of("no", "yes")), loaded.target());
        assertEquals(fitted.numbers(), loaded.numbers());
    }

    @Test void readPartByPartItLearnsTheSame() {
        var table = Table.sql("select i * 0.37 as x, 'c' || (i * i) % 11 as c, i % 3 as y from range(70_000) t(i)");
        var features = new Features(List.of(Feature.number("x"), Feature.category("c")), "y", true);
        var whole = TablePreprocessing.fit(features, table.frame());
        var parts = TablePreprocessing.fit(features, table);
        var some = table.where("y = 1").frame().head(500);
        assertArrayEquals(whole.apply(some).numbers().toFloats(), parts.apply(some).numbers().toFloats(), 1e-5f);
        assertArrayEquals(whole.apply(some).categories().toLongs(), parts.apply(some).categories().toLongs());
    }

    @Test void aDamagedFileIsNamed() throws Exception {
        Files.writeString(folder.resolve("preprocessing.json"), "{\"features\": [{\"kind\": \"magic\"}]}");
        var error = assertThrows(IllegalArgumentException.class, () -> TablePreprocessing.load(folder));
        assertTrue(error.getMessage().startsWith(folder.resolve("preprocessing.json") + ": expected a preprocessing"),
                error.getMessage());
    }

    @Test void wrongColumnsAreNamed() {
        var fitted = fit(Feature.number("x"), numbers("x", 1, 2, 3, 4));
        var error = assertThrows(IllegalArgumentException.class, () -> fitted.apply(Frame.of(texts("x", "a"))));
        assertTrue(error.getMessage().startsWith("x: expected a column of numbers"), error.getMessage());
        error = assertThrows(IllegalArgumentException.class, () -> fitted.apply(Frame.of(numbers("xs", 1))));
        assertTrue(error.getMessage().contains("did you mean xs?"), error.getMessage());
        error = assertThrows(IllegalArgumentException.class,
                () -> fitted.apply(Frame.of(numbers("x", 1), texts("y", "perhaps"))));
        assertTrue(error.getMessage().contains("expected one of [no, yes]"), error.getMessage());
    }

    @Test void featuresFollowFromTheKinds() {
        var frame = Table.sql("""
                select i as id, i % 3 = 0 as flag, 'name ' || i as name, 'c' || i % 3 as c, null::double as empty,
                    7 as constant, date '2024-01-01' + i::int as day, i / 10 as y from range(50) t(i)""").frame();
        var found = Features.of(frame, "y");
        assertEquals(List.of(Feature.number("id"), Feature.category("flag"), Feature.category("c"),
                Feature.date("day")), found.features());
        assertEquals(false, found.classes());
        assertEquals(true, Features.of(frame, "flag").classes());
        assertEquals(true, Features.of(frame, "c").classes());
    }

    @Test void leaksAreFound() {
        var frame = Table.sql("""
                select i % 2 as y, case when i % 2 = 0 then 'dead' else 'alive' end as status, i % 3 as honest,
                    i as number, 5 - 2 * (i % 2) as scaled from range(40) t(i)""").frame();
        assertEquals(List.of("status", "scaled"), Leakage.find(frame, "y").stream().map(w -> w.split(" ")[1]).toList());
        var numbers = Table.sql("select i * 1.5 as y, i * -3 + 2 as copy, i % 7 as honest from range(40) t(i)").frame();
        assertEquals(List.of("copy"), Leakage.find(numbers, "y").stream().map(w -> w.split(" ")[1]).toList());
    }

    @Test void batchesComeInOrderOrShuffled() {
        var frame = Table.sql("select i as x, i % 2 as y from range(10) t(i)").frame();
        var features = new Features(List.of(Feature.number("x").scaling(Scaling.NONE)), "y", true);
        var fitted = TablePreprocessing.fit(features, frame);
        var seen = new ArrayList<Float>();
        try (var loader = Loader.of(fitted.rows(frame), 4).shuffle(7)) {
            for (var batch : loader) {
                for (int i = 0; i < batch.size(); i++) {
                    float x = batch.numbers().toFloats()[i];
                    assertEquals((long) x % 2, batch.target().toLongs()[i]);
                    seen.add(x);
                }
            }
        }
        assertEquals(10, seen.stream().distinct().count());
    }

    @Test void streamsHoldABufferAndGoOnWhereTheyStood() {
        var table = Table.sql("select i as x, i % 2 as y from range(1000) t(i) order by i");
        var fitted = TablePreprocessing.fit(new Features(List.of(Feature.number("x").scaling(Scaling.NONE)), "y",
                true), table);
        var first = new ArrayList<Float>();
        var rest = new ArrayList<Float>();
        try (var loader = TableStream.shuffled(table, fitted, 16, 100, 3)) {
            var pass = loader.iterator();
            for (int i = 0; i < 10; i++) add(pass.next(), first);
            var position = loader.position();
            while (pass.hasNext()) add(pass.next(), rest);
            assertEquals(1000, Stream.concat(first.stream(), rest.stream()).distinct().count());
            assertTrue(first.stream().limit(16).anyMatch(x -> x > 40), "not shuffled: " + first);
            assertTrue(first.stream().limit(16).allMatch(x -> x < 112), "beyond the buffer: " + first);
            try (var other = TableStream.shuffled(table, fitted, 16, 100, 3)) {
                other.resume(position);
                var again = new ArrayList<Float>();
                for (var batch : other) add(batch, again);
                assertEquals(rest, again);
            }
            var second = new ArrayList<Float>();
            add(loader.iterator().next(), second);
            assertTrue(!second.equals(first.subList(0, 16)), "the same order in each epoch");
        }
    }

    private static void add(TableBatch batch, List<Float> into) {
        for (float x : batch.numbers().toFloats()) into.add(x);
    }
}
