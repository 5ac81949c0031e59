package dev.merapi.protect.fairness;

import dev.merapi.tensor.Expect;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Arrays with a place for each row. */
final class Rows {
    private Rows() {}

    static void check(String where, int... lengths) {
        Expect.that(lengths[0] > 0 && Arrays.stream(lengths).distinct().count() == 1, where,
                "arrays with a place for each of at least one row", Arrays.toString(lengths));
    }

    /** The rows of a group. */
    static int[] of(String[] groups, String group) {
        return IntStream.range(0, groups.length).filter(row -> groups[row].equals(group)).toArray();
    }

    static String[] names(String[] groups) { return Arrays.stream(groups).distinct().toArray(String[]::new); }
}
