package dev.merapi.text.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;

/** Reads the header of a GGUF file from front to back, and never behind its end. */
final class GgufReader {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int MOST_WITHIN = 4; // lists of lists

    private final Path path;
    private final MemorySegment bytes;
    private long position;

    GgufReader(Path path, MemorySegment bytes) {
        this.path = path;
        this.bytes = bytes;
    }

    long position() { return position; }

    int int32() { return bytes.get(GgmlType.INT, next(4)); }

    long int64() { return bytes.get(LONG, next(8)); }

    /** How many of something follow. */
    long count(long most, String what) {
        long count = int64();
        if (count >= 0 && count <= most) return count;
        throw corrupt("expected at most " + most + " " + what + ", received " + Long.toUnsignedString(count));
    }

    String text() {
        long length = count(bytes.byteSize(), "bytes of a text");
        long at = next(length);
        return new String(bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    /** Whole numbers become {@link Long}, all but those of 64 bits without a sign being what they are. */
    Object value(int type, int within) {
        return switch (type) {
            case 0 -> (long) (octet() & 0xFF);
            case 1 -> (long) octet();
            case 2 -> (long) (bytes.get(GgmlType.SHORT, next(2)) & 0xFFFF);
            case 3 -> (long) bytes.get(GgmlType.SHORT, next(2));
            case 4 -> int32() & 0xFFFF_FFFFL;
            case 5 -> (long) int32();
            case 6 -> bytes.get(GgmlType.FLOAT, next(4));
            case 7 -> octet() != 0;
            case 8 -> text();
            case 9 -> list(within);
            case 10, 11 -> int64();
            case 12 -> bytes.get(DOUBLE, next(8));
            default -> throw corrupt("a setting is of the unknown type " + type);
        };
    }

    private Object list(int within) {
        if (within == MOST_WITHIN) throw corrupt("lists stand " + within + " deep within each other");
        int type = int32();
        long length = count(bytes.byteSize(), "elements of a list");
        var list = new ArrayList<>();
        for (long i = 0; i < length; i++) list.add(value(type, within + 1));
        return list;
    }

    private byte octet() { return bytes.get(ValueLayout.JAVA_BYTE, next(1)); }

    private long next(long length) {
        long at = position;
        if (length > bytes.byteSize() - at) throw corrupt("it ends at byte " + bytes.byteSize() + ", in its header");
        position += length;
        return at;
    }

    IllegalArgumentException corrupt(String what) {
        return new IllegalArgumentException(path + ": not a complete GGUF file: " + what + ".");
    }
}
