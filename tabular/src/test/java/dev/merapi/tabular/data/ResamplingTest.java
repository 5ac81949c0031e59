package dev.merapi.tabular.data;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ResamplingTest {
    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    /** Class 0 has 6 rows, class 1 three: numbers (0, 0), (1, 10), (2, 20), categories 5, 5, 7. */
    private static TableRows rows() {
        var numbers = new float[9][];
        for (int i = 0; i < 9; i++) numbers[i] = i < 6 ? new float[] {-i, i} : new float[] {i - 6, 10 * (i - 6)};
        return new TableRows(new TableBatch(Tensor.of(numbers), Tensor.of(new long[] {2, 2, 2, 2, 2, 2, 5, 5, 7}, 9, 1),
                List.of(Tensor.of(new long[] {1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 3, 4, 3, 4, 3, 4}, 9, 2)),
                Tensor.of(new long[9], 9, 1), Tensor.of(new long[] {0, 0, 0, 0, 0, 0, 1, 1, 1})));
    }

    private static long ones(TableRows rows) {
        return Arrays.stream(rows.all().target().toLongs()).filter(y -> y == 1).count();
    }

    @Test void smallClassesAreRepeated() {
        var over = Resampling.over(rows(), 1);
        assertEquals(12, over.size());
        assertEquals(6, ones(over));
        assertArrayEquals(rows().all().numbers().toFloats(), over.all().numbers().narrow(0, 0, 9).toFloats());
        for (int i = 9; i < 12; i++) assertEquals(3, over.get(i).lists().getFirst().toLongs()[0]); // class 1's
    }

    @Test void largeClassesAreThinned() {
        var under = Resampling.under(rows(), 1);
        assertEquals(6, under.size());
        assertEquals(3, ones(under));
        var kept = new HashSet<Float>();
        for (float first : under.all().numbers().select(1, 0).toFloats()) kept.add(first);
        assertTrue(kept.containsAll(List.of(0f, 1f, 2f)) || kept.containsAll(List.of(1f, 2f)), kept.toString());
        assertEquals(under.size(), IntStream.range(0, 6).mapToObj(i -> Arrays.toString(under.get(i).numbers()
                .toFloats())).distinct().count()); // none twice
    }

    /** New rows lie on the line between two of the class, and their category is that of most neighbours. */
    @Test void newRowsLieBetween() {
        var smote = Resampling.smote(rows(), 2, 1);
        assertEquals(12, smote.size());
        assertEquals(6, ones(smote));
        assertArrayEquals(rows().all().numbers().toFloats(), smote.all().numbers().narrow(0, 0, 9).toFloats());
        for (int i = 9; i < 12; i++) {
            float[] x = smote.get(i).numbers().toFloats();
            assertEquals(10 * x[0], x[1], 1e-4);
            assertTrue(x[0] >= 0 && x[0] <= 2, "" + x[0]);
            long category = smote.get(i).categories().toLongs()[0];
            assertTrue(category == 5 || category == 7, "" + category);
            assertArrayEquals(new long[] {3, 4}, smote.get(i).lists().getFirst().toLongs());
        }
        // between the rows, not at them
        assertTrue(IntStream.range(9, 12).anyMatch(i -> smote.get(i).numbers().toFloats()[0] % 1 != 0));
        var again = Resampling.smote(rows(), 2, 1);
        assertArrayEquals(smote.all().numbers().toFloats(), again.all().numbers().toFloats());
    }

    @Test void aClassOfOneRowIsRepeated() {
        var rows = new TableRows(new TableBatch(Tensor.of(new float[][] {{1}, {2}, {3}}), Tensor.of(new long[0], 3, 0),
                List.of(), Tensor.of(new long[0], 3, 0), Tensor.of(new long[] {0, 0, 1})));
        assertArrayEquals(new float[] {1, 2, 3, 3}, Resampling.smote(rows, 5, 1).all().numbers().toFloats());
    }

    @Test void numbersHaveNoClasses() {
        var rows = new TableRows(new TableBatch(Tensor.zeros(2, 1), Tensor.of(new long[0], 2, 0), List.of(),
                Tensor.of(new long[0], 2, 0), Tensor.of(new float[] {1, 2})));
        var error = assertThrows(IllegalArgumentException.class, () -> Resampling.over(rows, 1));
        assertTrue(error.getMessage().contains("expected rows with classes as target. Received numbers."),
                error.getMessage());
    }
}
