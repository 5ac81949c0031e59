package dev.merapi.text.convert;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads bytes one after another. Both throw {@link IllegalArgumentException} at the end. */
final class Bytes {
    private final MemorySegment bytes;
    private long at;

    Bytes(MemorySegment bytes) {
        this.bytes = bytes;
    }

    boolean hasMore() { return at < bytes.byteSize(); }

    /** A number of 7 bits a byte, lowest first. */
    long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (!hasMore()) throw new IllegalArgumentException("a number is cut short");
            byte b = bytes.get(ValueLayout.JAVA_BYTE, at++);
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) return value;
        }
        throw new IllegalArgumentException("a number has more than 10 bytes");
    }

    MemorySegment take(long count) {
        if (count < 0 || count > bytes.byteSize() - at) {
            throw new IllegalArgumentException("expected " + count + " more bytes, received "
                    + (bytes.byteSize() - at));
        }
        at += count;
        return bytes.asSlice(at - count, count);
    }
}
