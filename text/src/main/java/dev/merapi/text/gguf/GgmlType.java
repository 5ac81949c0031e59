package dev.merapi.text.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * How a GGUF file keeps numbers: as they are, or in blocks of small whole numbers with scales. Names and layouts are
 * those of ggml.
 */
public enum GgmlType {
    F32(0, 1, 4), F16(1, 1, 2), BF16(30, 1, 2),
    /** 32 numbers of 4 bits and a scale. */
    Q4_0(2, 32, 18),
    /** 32 numbers of 5 bits and a scale. */
    Q5_0(6, 32, 22),
    /** 32 numbers of 8 bits and a scale. */
    Q8_0(8, 32, 34),
    /** 256 numbers of 4 bits, in eight groups with scales and least values of 6 bits. */
    Q4_K(12, 256, 144),
    /** The same of 5 bits. */
    Q5_K(13, 256, 176),
    /** 256 numbers of 6 bits, in sixteen groups with scales of 8 bits. */
    Q6_K(14, 256, 210);

    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    final int id;
    final int block; // numbers
    final int bytes; // of a block

    GgmlType(int id, int block, int bytes) {
        this.id = id;
        this.block = block;
        this.bytes = bytes;
    }

    /** That of a file's number for it; null for one that is not read here. */
    static GgmlType of(int id) {
        return Arrays.stream(values()).filter(type -> type.id == id).findFirst().orElse(null);
    }

    /** Bytes of so many numbers, which fill whole blocks. */
    long bytes(long numbers) { return numbers / block * bytes; }

    /** The numbers of a block whose bytes begin at a place. */
    void decode(MemorySegment from, long at, float[] to, int place) {
        switch (this) {
            case F32 -> to[place] = from.get(FLOAT, at);
            case F16 -> to[place] = half(from, at);
            case BF16 -> to[place] = Float.intBitsToFloat(from.get(SHORT, at) << 16);
            case Q4_0 -> fourBits(from, at, to, place);
            case Q5_0 -> fiveBits(from, at, to, place);
            case Q8_0 -> {
                float scale = half(from, at);
                for (int i = 0; i < 32; i++) to[place + i] = scale * from.get(BYTE, at + 2 + i);
            }
            case Q4_K -> grouped(from, at, -1, at + 16, to, place);
            case Q5_K -> grouped(from, at, at + 16, at + 48, to, place);
            case Q6_K -> sixBits(from, at, to, place);
        }
    }

    private static float half(MemorySegment from, long at) { return Float.float16ToFloat(from.get(SHORT, at)); }

    private static int octet(MemorySegment from, long at) { return from.get(BYTE, at) & 0xFF; }

    private static void fourBits(MemorySegment from, long at, float[] to, int place) {
        float scale = half(from, at);
        for (int i = 0; i < 16; i++) {
            int pair = octet(from, at + 2 + i);
            to[place + i] = scale * ((pair & 15) - 8);
            to[place + 16 + i] = scale * ((pair >> 4) - 8);
        }
    }

    private static void fiveBits(MemorySegment from, long at, float[] to, int place) {
        float scale = half(from, at);
        int high = from.get(INT, at + 2); // the fifth bit of each
        for (int i = 0; i < 16; i++) {
            int pair = octet(from, at + 6 + i);
            to[place + i] = scale * ((pair & 15 | (high >>> i & 1) << 4) - 16);
            to[place + 16 + i] = scale * ((pair >> 4 | (high >>> i + 16 & 1) << 4) - 16);
        }
    }

    /** @param fifth where the fifth bits begin; -1 where there are none */
    private static void grouped(MemorySegment from, long at, long fifth, long pairs, float[] to, int place) {
        float scale = half(from, at), least = half(from, at + 2);
        for (int group = 0; group < 8; group++) {
            float step = scale * groupScale(from, at + 4, group), low = least * groupLeast(from, at + 4, group);
            int shift = group % 2 * 4; // two groups share their bytes
            for (int i = 0; i < 32; i++) {
                int value = octet(from, pairs + group / 2 * 32 + i) >> shift & 15;
                if (fifth >= 0) value |= (octet(from, fifth + i) >> group & 1) << 4;
                to[place + group * 32 + i] = step * value - low;
            }
        }
    }

    /** Eight scales and eight least values of 6 bits lie in 12 bytes; the last four keep their high bits apart. */
    private static int groupScale(MemorySegment from, long at, int group) {
        if (group < 4) return octet(from, at + group) & 63;
        return octet(from, at + group + 4) & 15 | octet(from, at + group - 4) >> 6 << 4;
    }

    private static int groupLeast(MemorySegment from, long at, int group) {
        if (group < 4) return octet(from, at + group + 4) & 63;
        return octet(from, at + group + 4) >> 4 | octet(from, at + group) >> 6 << 4;
    }

    private static void sixBits(MemorySegment from, long at, float[] to, int place) {
        float scale = half(from, at + 208);
        for (int i = 0; i < 256; i++) {
            int part = i / 128, row = i % 128 / 32, column = i % 32; // four rows share bytes: two nibbles, four pairs
            int nibble = octet(from, at + part * 64 + row % 2 * 32 + column) >> row / 2 * 4 & 15;
            int pair = octet(from, at + 128 + part * 32 + column) >> row * 2 & 3;
            to[place + i] = scale * from.get(BYTE, at + 192 + i / 16) * ((nibble | pair << 4) - 32);
        }
    }

    /**
     * Writes a block.
     *
     * @throws IllegalArgumentException for a type that is only read
     */
    void encode(float[] from, int place, MemorySegment to, long at) {
        switch (this) {
            case F32 -> to.set(FLOAT, at, from[place]);
            case F16 -> to.set(SHORT, at, Float.floatToFloat16(from[place]));
            case Q8_0 -> {
                float most = Math.abs(extreme(from, place)), scale = most / 127;
                to.set(SHORT, at, Float.floatToFloat16(scale));
                float times = scale == 0 ? 0 : 1 / scale;
                for (int i = 0; i < 32; i++) to.set(BYTE, at + 2 + i, (byte) rounded(from[place + i] * times));
            }
            case Q4_0 -> {
                float scale = extreme(from, place) / -8; // the largest becomes -8, which has no other side
                to.set(SHORT, at, Float.floatToFloat16(scale));
                float times = scale == 0 ? 0 : 1 / scale;
                for (int i = 0; i < 16; i++) {
                    int low = nibble(from[place + i] * times), high = nibble(from[place + 16 + i] * times);
                    to.set(BYTE, at + 2 + i, (byte) (low | high << 4));
                }
            }
            default -> throw new IllegalArgumentException("Gguf.write: expected the type F32, F16, Q8_0 or Q4_0."
                    + " Received " + this + ", which is only read.");
        }
    }

    /** The one of 32 that is furthest from 0, the first of them. */
    private static float extreme(float[] values, int place) {
        float extreme = 0;
        for (int i = place; i < place + 32; i++) if (Math.abs(values[i]) > Math.abs(extreme)) extreme = values[i];
        return extreme;
    }

    /** Halves go away from 0. */
    private static int rounded(float value) { return (int) (value + Math.copySign(0.5f, value)); }

    private static int nibble(float value) { return Math.min(15, (int) (value + 8.5f)); }
}
