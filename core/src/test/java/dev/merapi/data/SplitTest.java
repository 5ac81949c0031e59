package dev.merapi.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class SplitTest {
    private static final int[] LABELS = IntStream.range(0, 100).map(i -> i < 70 ? 3 : i < 90 ? 1 : 2).toArray();

    private final Dataset<Integer> hundred = Dataset.of(IntStream.range(0, 100).boxed().toList());

    private static List<Integer> all(Dataset<Integer> data) {
        return IntStream.range(0, data.size()).mapToObj(data::get).toList();
    }

    private static List<Integer> sorted(List<Dataset<Integer>> parts) {
        return parts.stream().flatMap(p -> all(p).stream()).sorted().toList();
    }

    private static long[] classCounts(Dataset<Integer> data) {
        var counts = new long[4];
        for (int i : all(data)) counts[LABELS[i]]++;
        return counts;
    }

    @Test void partsAreDisjointAndComplete() {
        var parts = Split.random(hundred, 7, 0.7, 0.15, 0.15);
        assertEquals(List.of(70, 15, 15), parts.stream().map(Dataset::size).toList());
        assertEquals(all(hundred), sorted(parts));
        assertEquals(all(parts.getFirst()), all(Split.random(hundred, 7, 0.7, 0.15, 0.15).getFirst()));
        assertNotEquals(all(parts.getFirst()), all(Split.random(hundred, 8, 0.7, 0.15, 0.15).getFirst()));
        var thirds = Split.random(hundred, 1, 1 / 3.0, 1 / 3.0, 1 / 3.0);
        assertEquals(List.of(33, 34, 33), thirds.stream().map(Dataset::size).toList());
        assertEquals(all(hundred), sorted(thirds));
    }

    @Test void stratifiedPartsKeepTheShareOfEachClass() {
        var parts = Split.stratified(hundred, LABELS, 7, 0.8, 0.2);
        assertArrayEquals(new long[] {0, 16, 8, 56}, classCounts(parts.get(0)));
        assertArrayEquals(new long[] {0, 4, 2, 14}, classCounts(parts.get(1)));
        assertEquals(all(hundred), sorted(parts));
    }

    @Test void everySampleIsHeldOutOnce() {
        var folds = Split.kFold(hundred, 3, 7);
        assertEquals(List.of(34, 33, 33), folds.stream().map(f -> f.test().size()).toList());
        assertEquals(all(hundred), sorted(folds.stream().map(Split.Fold::test).toList()));
        for (var fold : folds) assertEquals(all(hundred), sorted(List.of(fold.train(), fold.test())));
    }

    @Test void stratifiedFoldsSpreadEachClass() {
        for (var fold : Split.stratifiedKFold(hundred, LABELS, 5, 7)) {
            assertArrayEquals(new long[] {0, 4, 2, 14}, classCounts(fold.test()));
            assertArrayEquals(new long[] {0, 16, 8, 56}, classCounts(fold.train()));
        }
        var held = new ArrayList<Dataset<Integer>>();
        for (var fold : Split.stratifiedKFold(hundred, LABELS, 7, 7)) {
            held.add(fold.test());
            assertEquals(100 / 7.0, fold.test().size(), 1);
        }
        assertEquals(all(hundred), sorted(held));
    }

    @Test void labelsAreReadFromSamples() {
        assertArrayEquals(LABELS, Split.labels(hundred, i -> LABELS[i]));
    }

    @Test void whatCannotBeDividedIsNamed() {
        assertEquals("Split: expected fractions above 0 that sum to 1. Received [0.5, 0.4], which sum to 0.9",
                message(() -> Split.random(hundred, 1, 0.5, 0.4)));
        assertEquals("Split: expected fractions above 0 that sum to 1. Received [1.5, -0.5], which sum to 1.0",
                message(() -> Split.random(hundred, 1, 1.5, -0.5)));
        assertEquals("Split: expected samples enough for every part. Received 3, of which the fraction 0.1 gets none",
                message(() -> Split.random(hundred.subset(0, 1, 2), 1, 0.9, 0.1)));
        assertEquals("Split.kFold: expected from 2 folds to one for each of the 100 samples. Received 101",
                message(() -> Split.kFold(hundred, 101, 1)));
        assertEquals("Split.stratifiedKFold: expected at least 11 samples of each class, one for each fold. Received 10"
                + " of class 2; use fewer folds, or leave the class out.",
                message(() -> Split.stratifiedKFold(hundred, LABELS, 11, 1)));
        assertEquals("Split: expected a label for each of the 100 samples. Received 2",
                message(() -> Split.stratified(hundred, Arrays.copyOf(LABELS, 2), 1, 0.5, 0.5)));
    }

    private static String message(Executable bad) {
        return assertThrows(IllegalArgumentException.class, bad).getMessage();
    }
}
