package dev.merapi.speech.audio;

import java.nio.ByteBuffer;

/** How a WAV file codes a sample. */
enum WavCoding {
    PCM_8(1), PCM_16(2), PCM_24(3), PCM_32(4), FLOAT_32(4), FLOAT_64(8), A_LAW(1), MU_LAW(1);

    final int bytes;

    WavCoding(int bytes) { this.bytes = bytes; }

    /** The coding of a header's tag and bits, or null for one that is not known here. */
    static WavCoding of(int tag, int bits) {
        return switch (tag << 8 | bits) {
            case 0x108 -> PCM_8;
            case 0x110 -> PCM_16;
            case 0x118 -> PCM_24;
            case 0x120 -> PCM_32;
            case 0x320 -> FLOAT_32;
            case 0x340 -> FLOAT_64;
            case 0x608 -> A_LAW;
            case 0x708 -> MU_LAW;
            default -> null;
        };
    }

    /** The next sample, from −1 to 1. */
    float next(ByteBuffer in) {
        return switch (this) {
            case PCM_8 -> ((in.get() & 0xFF) - 128) / 128f;
            case PCM_16 -> in.getShort() / 32768f;
            case PCM_24 -> ((in.getShort() & 0xFFFF) | in.get() << 16) / 8388608f;
            case PCM_32 -> (float) (in.getInt() / 2147483648.0);
            case FLOAT_32 -> in.getFloat();
            case FLOAT_64 -> (float) in.getDouble();
            case A_LAW -> aLaw(in.get()) / 32768f;
            case MU_LAW -> muLaw(in.get()) / 32768f;
        };
    }

    // ITU-T G.711: a sign, a segment of 3 bits and 4 bits within it, each segment twice as wide as the one before.

    private static int aLaw(byte code) {
        int bits = (code & 0xFF) ^ 0x55;
        int segment = bits >> 4 & 7;
        int size = (bits & 15) << 4 | 8;
        if (segment > 0) size = (size | 0x100) << segment - 1;
        return bits >= 128 ? size : -size;
    }

    private static int muLaw(byte code) {
        int bits = ~code & 0xFF;
        int size = (((bits & 15) << 3) + 132 << (bits >> 4 & 7)) - 132;
        return bits >= 128 ? -size : size;
    }
}
