package dev.merapi.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Small sums over shapes. */
public final class Shapes {
    private Shapes() {}

    /** As in error messages: {@code (2, 3)}. */
    public static String toString(long... shape) {
        return Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", ", "(", ")"));
    }

    /** Number of elements. */
    public static long numel(long... shape) {
        long n = 1;
        for (long size : shape) n = Math.multiplyExact(n, size);
        return n;
    }

    static MemorySegment heapSegment(Object array) {
        return switch (array) {
            case float[] a -> MemorySegment.ofArray(a);
            case double[] a -> MemorySegment.ofArray(a);
            case long[] a -> MemorySegment.ofArray(a);
            case int[] a -> MemorySegment.ofArray(a);
            case short[] a -> MemorySegment.ofArray(a);
            case byte[] a -> MemorySegment.ofArray(a);
            default -> throw new AssertionError(array.getClass());
        };
    }
}
