package dev.merapi.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static dev.merapi.tensor.ScopeTest.eventually;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

    @Test void theSegmentEndsWhenTheTensorIsClosed() throws InterruptedException {
        Tensor view;
        MemorySegment segment;
        try (var scope = Scope.open()) {
            var t = Tensor.arange(300_000);
            segment = t.segment();
            view = scope.keep(t.narrow(0, 299_999, 1));
        }
        var bytes = segment.asByteBuffer();
        ended(() -> segment.getAtIndex(ValueLayout.JAVA_LONG, 0));
        ended(() -> segment.asSlice(8).getAtIndex(ValueLayout.JAVA_LONG, 0));
        ended(() -> bytes.get(0));
        var elsewhere = new Thread(() -> ended(() -> segment.getAtIndex(ValueLayout.JAVA_LONG, 0)));
        var failure = new AtomicReference<Throwable>();
        elsewhere.setUncaughtExceptionHandler((_, e) -> failure.set(e));
        elsewhere.start();
        elsewhere.join();
        assertNull(failure.get());
        assertEquals(299_999, view.segment().get(ValueLayout.JAVA_LONG, 0), "which has a segment of its own");
    }

    @Test void aTensorHasOneSegmentAsLongAsItHoldsTheSameMemory() {
        try (var _ = Scope.open()) {
            var param = new Param(Tensor.ones(3));
            var segment = param.segment();
            assertSame(segment, param.segment());
            param.set(Tensor.zeros(3));
            ended(() -> segment.getAtIndex(ValueLayout.JAVA_FLOAT, 0));
            assertEquals(0, param.segment().getAtIndex(ValueLayout.JAVA_FLOAT, 0));
        }
    }

    /** C's sort calls back into Java, which closes the tensor under it. */
    @SuppressWarnings("restricted")
    @Test void aSegmentInUseByANativeCallKeepsItsTensorOpen() throws Throwable {
        var linker = Linker.nativeLinker();
        var sort = linker.downcallHandle(linker.defaultLookup().find("qsort").orElseThrow(), FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
        try (var arena = Arena.ofConfined()) {
            var scope = Scope.open();
            var other = Tensor.ones(1);
            var t = Tensor.of(new long[] {2, 1});
            var segment = t.segment();
            var messages = new ArrayList<String>();
            IntSupplier compare = () -> {
                messages.add(assertThrows(IllegalStateException.class, scope::close).getMessage());
                return 1;
            };
            var handle = MethodHandles.dropArguments(MethodHandles.lookup().findVirtual(IntSupplier.class,
                    "getAsInt", MethodType.methodType(int.class)).bindTo(compare), 0, MemorySegment.class,
                    MemorySegment.class);
            sort.invokeExact(segment, 2L, 8L, linker.upcallStub(handle, FunctionDescriptor.of(ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS, ValueLayout.ADDRESS), arena));
            assertEquals("Tensor.close: its segment is in use by a native call. Close it after that call.",
                    messages.getFirst());
            assertTrue(other.isClosed());
            assertFalse(t.isClosed());
            t.close();
            ended(() -> segment.getAtIndex(ValueLayout.JAVA_LONG, 0));
        }
    }

    private static void ended(Executable access) {
        assertEquals("Already closed", assertThrows(IllegalStateException.class, access).getMessage());
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
