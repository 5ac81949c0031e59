package dev.merapi.protect.masking;

import dev.merapi.tabular.data.Column;
import dev.merapi.tabular.data.Frame;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AnonymityTest {
    /** The table of salaries and diseases of Li et al. (2007), in its three classes. */
    private static final Frame PAPER = Frame.of(
            new Column.Texts("zip", new String[] {"476**", "476**", "476**", "4790*", "4790*", "4790*", "476"
                    + "*", "476*", "476*"}),
            new Column.Integers("salary", new long[] {3, 4, 5, 6, 11, 8, 7, 9, 10}),
            new Column.Texts("disease", new String[] {"gastric ulcer", "gastritis", "stomach"
                    + " cancer", "gastritis", "flu",
                "bronchitis", "bronchitis", "pneumonia", "stomach cancer"}));

    /** The paper's own numbers: the distance of {3, 4, 5} from all salaries is 0.375, of {6, 8, 11} 0.167. */
    @Test void distancesAreThePapers() {
        var measured = Anonymity.of(PAPER, List.of("zip"), "salary");
        assertEquals(new Anonymity(3, 3, 3, measured.t()), measured);
        assertEquals(0.375, measured.t(), 1e-9);
        assertEquals(0.167, distance(6, 11, 8), 5e-4);
        assertEquals("k 3, l 3, t 0.375 in 3 classes", measured.toString());
    }

    private static double distance(long... salaries) {
        var values = Anonymity.Sensitive.of(PAPER.column("salary"));
        int[] rows = IntStream.range(0, 9).filter(row -> Arrays.stream(salaries)
                .anyMatch(salary -> salary == (long) PAPER.column("salary").number(row))).toArray();
        return values.distance(rows);
    }

    /** Of categories half the sum of differences: by hand, a class of a alone in a table of a, a, b, c has 1/2. */
    @Test void categoriesAreApartByOne() {
        var table = Frame.of(new Column.Texts("q", new String[] {"x", "x", "y", "y"}),
                new Column.Texts("s", new String[] {"a", "a", "b", "c"}));
        var measured = Anonymity.of(table, List.of("q"), "s");
        assertEquals(1, measured.l());
        assertEquals(0.5, measured.t(), 1e-12);
        assertEquals(2, measured.k());
        assertEquals("k 2 in 2 classes", Anonymity.of(table, List.of("q"), "").toString());
    }

    @Test void generalisingReachesWhatIsAskedFor() {
        var random = new SplittableRandom(1);
        int n = 500;
        var ages = new long[n];
        var zips = new String[n];
        var diseases = new String[n];
        for (int i = 0; i < n; i++) {
            ages[i] = 18 + random.nextInt(70);
            zips[i] = "1" + random.nextInt(10) + random.nextInt(10);
            diseases[i] = List.of("flu", "cold", "ulcer", "gout").get(random.nextInt(4));
        }
        var table = Frame.of(new Column.Integers("age", ages), new Column.Texts("zip", zips),
                new Column.Texts("disease", diseases));
        assertEquals(1, Anonymity.of(table, List.of("age", "zip"), "disease").k());
        for (int k : new int[] {2, 5, 25}) {
            var safe = new Mondrian(List.of("age", "zip"), "disease", k, 2, 0.4).generalise(table);
            var measured = Anonymity.of(safe, List.of("age", "zip"), "disease");
            assertTrue(measured.k() >= k && measured.l() >= 2 && measured.t() <= 0.4, measured.toString());
            assertTrue(measured.classes() > n / (6 * k), measured.toString()); // and no coarser than need be
            assertTrue(safe.column("age").text(0).matches("\\d+|\\[\\d+-\\d+]"), safe.column("age").text(0));
            assertEquals(List.of(diseases), List.of(safe.column("disease").texts()));
        }
    }

    @Test void whatCannotBeReachedIsRefused() {
        assertEquals("Mondrian: expected a table of at least k 10 rows and l 1 different sensitive values."
                + " Received k 3 in"
                + " 3 classes, 9 rows.", message(() -> new Mondrian(List.of("zip"), "", 10, 1, 1).generalise(PAPER)));
        assertTrue(message(() -> new Mondrian(List.of("zi"), "", 2, 1, 1).generalise(PAPER)).contains("did you"
                + " mean zip?"));
        assertEquals("Mondrian.sensitive: expected the column that l and t are about. Received none.",
                message(() -> new Mondrian(List.of("zip"), "", 2, 2, 1)));
        assertTrue(message(() -> Anonymity.of(PAPER.head(0), List.of("zip"), "")).startsWith("Anonymity:"
                + " expected at least"));
    }

    private static String message(Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }
}
