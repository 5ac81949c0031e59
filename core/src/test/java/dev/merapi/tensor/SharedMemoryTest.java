package dev.merapi.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;

import static dev.merapi.tensor.ScopeTest.eventually;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

class SharedMemoryTest {
    @Test void writingToOneShowsInTheOther() {
        try (var arena = Arena.ofConfined(); var _ = Scope.open()) {
            var segment = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3, 4);
            var t = Tensor.of(segment, DType.FLOAT32, 2, 2);
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, 3, 40);
            assertArrayEquals(new float[] {1, 2, 3, 40}, t.toFloats());
            t.mul_(2);
            assertEquals(80, segment.getAtIndex(ValueLayout.JAVA_FLOAT, 3));
            assertEquals(segment.address(), t.segment().address());
        }
    }

    @Test void aTensorsOwnMemoryIsASegment() {
        try (var _ = Scope.open()) {
            var t = Tensor.arange(3);
            t.segment().setAtIndex(ValueLayout.JAVA_LONG, 1, 10);
            assertArrayEquals(new long[] {0, 10, 2}, t.toLongs());
            assertEquals(0, Tensor.zeros(0, 3).segment().byteSize());
        }
    }

    @Test void theSegmentLivesAsLongAsAViewOfTheTensor() {
        var arena = Arena.ofAuto();
        var segment = arena.allocateFrom(ValueLayout.JAVA_LONG, 1, 2, 3);
        var lifetime = new WeakReference<>(segment.scope());
        var base = Tensor.of(segment, DType.INT64, 3);
        var view = base.narrow(0, 1, 2);
        arena = null;
        segment = null;
        base.close();
        for (int i = 0; i < 5; i++) System.gc();
        assertNotNull(lifetime.get());
        assertArrayEquals(new long[] {2, 3}, view.toLongs());
        view.close();
        eventually(() -> lifetime.get() == null);
    }

    @Test void twoTensorsOfOneSegment() {
        var arena = Arena.ofAuto();
        var segment = arena.allocateFrom(ValueLayout.JAVA_LONG, 1, 2, 3);
        var lifetime = new WeakReference<>(segment.scope());
        var one = Tensor.of(segment, DType.INT64, 3);
        var two = Tensor.of(segment.asSlice(0, 16), DType.INT64, 2);
        arena = null;
        segment = null;
        one.close();
        for (int i = 0; i < 5; i++) System.gc();
        assertArrayEquals(new long[] {1, 2}, two.toLongs());
        assertNotNull(lifetime.get());
        two.close();
        eventually(() -> lifetime.get() == null);
    }

    @Test void theTensorLivesAsLongAsItsSegment() {
        var made = new Tensor[] {Tensor.arange(5)};
        var alive = new WeakReference<>(made[0]);
        var segment = made[0].segment();
        made[0] = null;
        for (int i = 0; i < 5; i++) System.gc();
        assertNotNull(alive.get());
        assertEquals(4, segment.getAtIndex(ValueLayout.JAVA_LONG, 4));
        segment = null;
        eventually(() -> alive.get() == null);
    }

    @Test void heapSegmentsAreCopied() {
        try (var _ = Scope.open()) {
            var values = new int[] {1, 2};
            var t = Tensor.of(MemorySegment.ofArray(values), DType.INT32, 2);
            values[0] = 9;
            assertArrayEquals(new int[] {1, 2}, t.toInts());
        }
    }

    @Test void sizesAndLayoutsMustFit() {
        try (var arena = Arena.ofConfined(); var _ = Scope.open()) {
            var eight = arena.allocate(8);
            var size = assertThrows(IllegalArgumentException.class, () -> Tensor.of(eight, DType.FLOAT64, 3));
            assertEquals("Tensor.of: expected 24 bytes for float64 of shape (3). Received a segment of 8",
                    size.getMessage());
            var turned = Tensor.zeros(2, 3).transpose(0, 1);
            var layout = assertThrows(IllegalArgumentException.class, turned::segment);
            assertEquals("Tensor.segment: expected a contiguous tensor on the CPU. Received float32 (3, 2) cpu;"
                    + " call to(Device.CPU) and contiguous() first.", layout.getMessage());
        }
    }
}
