package dev.merapi.protect.federated;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers as integers, whose sums modulo 2⁶⁴ are exact. */
final class FixedPoint {
    private static final double SCALE = 1L << 24;
    private static final double MOST = 1L << 30; // so that 512 of them fit

    private FixedPoint() {}

    /** @throws IllegalArgumentException for a number that is not finite, or too large */
    static long of(double x) {
        if (Math.abs(x) < MOST) return Math.round(x * SCALE);
        throw new IllegalArgumentException("Federation: expected changes, times samples, within ± " + MOST
                + ". Received " + x + "; a smaller local learning rate helps.");
    }

    static double value(long fixed) { return fixed / SCALE; }

    static byte[] bytes(long[] numbers) {
        var out = ByteBuffer.allocate(8 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        out.asLongBuffer().put(numbers);
        return out.array();
    }

    /** @throws IllegalArgumentException if they are not so many */
    static long[] numbers(byte[] bytes, int count) {
        if (bytes.length != 8L * count) {
            throw new IllegalArgumentException("Federation: expected " + count + " masked numbers. Received "
                    + bytes.length + " bytes.");
        }
        var numbers = new long[count];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(numbers);
        return numbers;
    }
}
