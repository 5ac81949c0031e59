package dev.merapi.tabular.recommend;

import dev.merapi.tabular.data.Column;
import dev.merapi.tabular.data.Frame;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class InteractionsTest {
    private static Frame table(String[] users, String[] items, double[] ratings, double[] times) {
        return Frame.of(new Column.Texts("user", users), new Column.Texts("item", items),
                new Column.Numbers("rating", ratings), new Column.Numbers("time", times));
    }

    @Test void usersHistoriesAreInOrderOfTime() {
        var rows = table(new String[] {"b", "a", "b", "b"}, new String[] {"x", "x", "y", "z"},
                new double[] {1, 2, 3, 4}, new double[] {9, 1, 5, 7});
        var all = Interactions.of(rows, Ratings.COLUMNS);
        assertEquals(List.of("b", "a"), all.users().names());
        assertArrayEquals(new int[] {1, 2, 0}, all.itemsOf(0)); // y, z, x
        assertTrue(all.has(0, 2));
        assertFalse(all.has(1, 1));
        assertArrayEquals(new int[] {2, 1, 1}, all.countsOfItems());
    }

    @Test void ofRepeatedPairsTheLatestCounts() {
        var rows = table(new String[] {"a", "a", "a", "a"}, new String[] {"x", "y", "x", "x"},
                new double[] {1, 2, 5, 3}, new double[] {1, 2, 3, 2.5});
        var all = Interactions.of(rows, Ratings.COLUMNS);
        assertEquals(2, all.repeated());
        assertArrayEquals(new int[] {1, 0}, all.itemsOf(0)); // y at 2, x at 3
        assertEquals(5, all.rating(1));
        assertEquals(3, all.time(1));
    }

    @Test void numbersAndDatesMayBeNames() {
        var rows = Frame.of(new Column.Integers("user", new long[] {7, 8}),
                new Column.Integers("item", new long[] {1, 1}));
        var all = Interactions.of(rows, Interactions.Columns.of("user", "item"));
        assertEquals(List.of("7", "8"), all.users().names());
        assertEquals(1, all.rating(0));
    }

    @Test void missingValuesAreRefused() {
        var rows = table(new String[] {"a", null}, new String[] {"x", "y"}, new double[] {1, 1}, new double[] {1, 2});
        var error = assertThrows(IllegalArgumentException.class, () -> Interactions.of(rows, Ratings.COLUMNS));
        assertEquals("Interactions: expected a value of user in each row. Received none in row 1; leave such rows out"
                + " by frame.complete(\"user\").", error.getMessage());
        var none = assertThrows(IllegalArgumentException.class, () -> Interactions.of(rows.take(), Ratings.COLUMNS));
        assertEquals("Interactions: expected a table with rows. Received none.", none.getMessage());
        var texts = assertThrows(IllegalArgumentException.class, () -> Interactions.of(rows.take(0),
                Interactions.Columns.of("user", "item").rating("item")));
        assertTrue(texts.getMessage().startsWith("item: expected a column of numbers."), texts.getMessage());
    }

    @Test void unknownNamesAreToldWithASimilarOne() {
        var error = assertThrows(IllegalArgumentException.class, () -> Ratings.small().items().number("i9"));
        assertTrue(error.getMessage().matches("Expected one of the 5 items that were trained on. Received i9; did you"
                + " mean i\\d\\?"), error.getMessage());
    }

    @Test void splitsKeepUsersAndItems() {
        var all = Ratings.small();
        var last = all.leaveOneOut();
        assertEquals(6, last.train().size());
        assertArrayEquals(new int[] {2}, last.test().itemsOf(0));
        assertArrayEquals(new int[] {3}, last.test().itemsOf(1));
        assertArrayEquals(new int[] {1}, last.test().itemsOf(2));
        assertEquals(all.items(), last.train().items());
        assertEquals(9, last.all().size());
        assertArrayEquals(all.itemsOf(2), last.all().itemsOf(2));

        var half = all.lastOfEach(0.5);
        assertArrayEquals(new int[] {3, 4, 1}, concat(half.train().itemsOf(2), half.test().itemsOf(2), 1));
        var random = all.randomOfEach(0.5, 1);
        assertEquals(all.size(), random.train().size() + random.test().size());
        assertArrayEquals(random.test().itemsOf(2), all.randomOfEach(0.5, 1).test().itemsOf(2));
        for (int user = 0; user < 3; user++) {
            assertTrue(random.train().count(user) > 0 && random.test().count(user) > 0);
        }
        var error = assertThrows(IllegalArgumentException.class, () -> all.lastOfEach(1));
        assertEquals("Interactions.lastOfEach: expected a part between 0 and 1. Received 1.0", error.getMessage());
    }

    /** The first arrays joined, from {@code from} on. */
    private static int[] concat(int[] a, int[] b, int from) {
        var all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return Arrays.copyOfRange(all, from, all.length);
    }

    @Test void aUserOfOneInteractionIsLearntFrom() {
        var split = Ratings.of("a x", "b x", "b y").leaveOneOut();
        assertEquals(1, split.train().count(0));
        assertEquals(0, split.test().count(0));
    }

    @Test void theFutureIsHeldOutOfAll() {
        var split = Ratings.small().temporal(0.3);
        assertEquals(6, split.train().size());
        assertEquals(1, split.train().count(2)); // u2 i0 came sixth
        assertEquals(3, split.test().count(2));
        var error = assertThrows(IllegalArgumentException.class, () -> Ratings.of("a x").temporal(0.5));
        assertTrue(error.getMessage().startsWith("Interactions.temporal: expected interactions after some moment."),
                error.getMessage());
    }

    @Test void fewInteractionsAreLeftOutUntilAllHaveEnough() {
        var core = Ratings.small().core(2, 2); // i2, i4 go, then all have two
        assertEquals(List.of("u0", "u1", "u2"), core.users().names());
        assertEquals(List.of("i0", "i1", "i3"), core.items().names());
        assertEquals(7, core.size());
        assertThrows(IllegalArgumentException.class, () -> Ratings.small().core(9, 1));
    }

    @Test void lowRatingsAreLeftOutWithTheirUsers() {
        var rows = table(new String[] {"a", "b", "b"}, new String[] {"x", "x", "y"}, new double[] {2, 4, 5},
                new double[] {1, 2, 3});
        var liked = Interactions.of(rows, Ratings.COLUMNS).atLeast(4);
        assertEquals(List.of("b"), liked.users().names());
        assertEquals(2, liked.size());
    }

    @Test void filesKeepAll(@TempDir Path folder) throws Exception {
        var split = Interactions.of(Ratings.tastes(9, 8, 3), Ratings.COLUMNS).lastOfEach(0.3);
        InteractionFiles.save(split, folder);
        var loaded = InteractionFiles.load(folder);
        assertEquals(split.train().users().names(), loaded.train().users().names());
        for (int user = 0; user < 9; user++) {
            assertArrayEquals(split.train().itemsOf(user), loaded.train().itemsOf(user));
            assertArrayEquals(split.test().itemsOf(user), loaded.test().itemsOf(user));
        }
        assertArrayEquals(split.train().ratingOfEach(), loaded.train().ratingOfEach());
        Files.writeString(folder.resolve("ids.json"), "{\"users\": [\"a\"], \"items\": [\"x\"]}");
        var error = assertThrows(IllegalArgumentException.class, () -> InteractionFiles.load(folder));
        assertTrue(error.getMessage().contains("expected interactions of the 1 users and 1 items"), error.getMessage());
    }
}
