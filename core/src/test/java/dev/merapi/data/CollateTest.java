package dev.merapi.data;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

class CollateTest {
    private record Pair(Tensor left, Batch right) {}

    private record Text(int[] tokens, int label) {}

    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    private static Tensor of(float... values) { return Tensor.of(values); }

    @Test void recordsAreStackedPartByPart() {
        var joined = Collate.<Pair>stack().collate(List.of(
                new Pair(of(1, 2), new Batch(of(3), null)), new Pair(of(4, 5), new Batch(of(6), null))));
        assertArrayEquals(new long[] {2, 2}, joined.left().shape());
        assertArrayEquals(new double[] {1, 2, 4, 5}, joined.left().toDoubles());
        assertArrayEquals(new double[] {3, 6}, joined.right().x().toDoubles());
        assertNull(joined.right().y());
    }

    @Test void arraysAndNumbersAreStackedByFunctions() {
        var batch = Collate.stack(Text::tokens, Text::label).collate(List.of(
                new Text(new int[] {1, 2, 3}, 0), new Text(new int[] {4, 5, 6}, 1)));
        assertArrayEquals(new long[] {2, 3}, batch.x().shape());
        assertArrayEquals(new long[] {1, 2, 3, 4, 5, 6}, batch.x().toLongs());
        assertEquals(DType.INT64, batch.x().dtype());
        assertArrayEquals(new long[] {0, 1}, batch.y().toLongs());
        var floats = Collate.<Double>stack(d -> d, d -> d > 1).collate(List.of(0.5, 1.5));
        assertEquals(DType.FLOAT32, floats.x().dtype());
        assertArrayEquals(new boolean[] {false, true}, floats.y().toBooleans());
    }

    @Test void sequencesAreFilledUpToTheLongest() {
        var batch = Collate.pad(Text::tokens, Text::label, -1).collate(List.of(
                new Text(new int[] {1}, 4), new Text(new int[] {2, 3, 4}, 5), new Text(new int[] {}, 6)));
        assertArrayEquals(new long[] {1, -1, -1, 2, 3, 4, -1, -1, -1}, batch.x().toLongs());
        assertArrayEquals(new long[] {1, 3, 0}, batch.lengths().toLongs());
        assertArrayEquals(new long[] {4, 5, 6}, batch.y().toLongs());
        assertArrayEquals(new boolean[] {true, false, false, true, true, true, false, false, false},
                batch.mask().toBooleans());

        var frames = Collate.<Tensor>pad(0).collate(List.of(of(1, 2, 3, 4).reshape(2, 2), of(5, 6).reshape(1, 2)));
        assertArrayEquals(new long[] {2, 2, 2}, frames.x().shape());
        assertArrayEquals(new double[] {1, 2, 3, 4, 5, 6, 0, 0}, frames.x().toDoubles());
    }

    @Test void longSequencesAreCut() {
        var batch = Collate.pad(Text::tokens, Text::label, -1, 2).collate(List.of(
                new Text(new int[] {1}, 4), new Text(new int[] {2, 3, 4}, 5), new Text(new int[] {6, 7}, 6)));
        assertArrayEquals(new long[] {1, -1, 2, 3, 6, 7}, batch.x().toLongs());
        assertArrayEquals(new long[] {1, 2, 2}, batch.lengths().toLongs());
        assertEquals("Collate.pad.maxLength: expected at least 1. Received 0.",
                message(() -> Collate.pad(Text::tokens, Text::label, -1, 0)));
    }

    @Test void whatCannotBeJoinedIsNamed() {
        assertEquals("Collate.stack: expected samples of shape (2), as the batch's first has. Received (3) for number 1"
                + " of the batch; make them equal, or use Collate.pad or Collate.list.",
                message(() -> Collate.<Tensor>stack().collate(List.of(of(1, 2), of(1, 2, 3)))));
        assertEquals("Collate.stack: expected tensors, or records of tensors. Received java.lang.String; map the"
                + " samples to tensors, or give the loader a collate.",
                message(() -> Collate.<String>stack().collate(List.of("a"))));
        assertEquals("Collate.pad: expected sequences that differ in length alone, as float32 (1, 2) cpu does. Received"
                + " float32 (1, 3) cpu for number 1 of the batch.", message(() -> Collate.<Tensor>pad(0)
                        .collate(List.of(of(1, 2).reshape(1, 2), of(1, 2, 3).reshape(1, 3)))));
        assertEquals("Collate.pad: expected sequences of shape (T, …). Received float32 () cpu",
                message(() -> Collate.<Tensor>pad(0).collate(List.of(Tensor.scalar(1, DType.FLOAT32)))));
    }

    private static String message(Executable bad) {
        return assertThrows(IllegalArgumentException.class, bad).getMessage();
    }
}
