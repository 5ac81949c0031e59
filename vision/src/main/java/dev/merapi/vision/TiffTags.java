package dev.merapi.vision;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Whole numbers in the first directory of a TIFF file, which the block of EXIF is too. */
record TiffTags(ByteBuffer tiff) {
    private static final int ENTRY = 12; // bytes
    private static final int BYTE = 1;
    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final long[] NONE = {};

    static TiffTags of(byte[] bytes, int start, int length) {
        var tiff = ByteBuffer.wrap(bytes, start, length).slice();
        boolean little = length > 0 && tiff.get(0) == 'I';
        return new TiffTags(tiff.order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN));
    }

    /** Those of a tag; none where it is not there, not of whole numbers, or damaged. */
    long[] values(int tag) {
        int length = tiff.limit();
        if (length < 8) return NONE;
        long directory = Integer.toUnsignedLong(tiff.getInt(4));
        if (directory + 2 > length) return NONE;
        int entries = Short.toUnsignedInt(tiff.getShort((int) directory));
        for (long entry = directory + 2; entries > 0 && entry + ENTRY <= length; entry += ENTRY, entries--) {
            if (Short.toUnsignedInt(tiff.getShort((int) entry)) == tag) return values((int) entry, length);
        }
        return NONE;
    }

    /** The first of a tag's, or another where there is none. */
    long value(int tag, long otherwise) {
        long[] values = values(tag);
        return values.length == 0 ? otherwise : values[0];
    }

    private long[] values(int entry, int length) {
        int type = tiff.getShort(entry + 2);
        int size = type == BYTE ? 1 : type == SHORT ? 2 : 4;
        long count = Integer.toUnsignedLong(tiff.getInt(entry + 4));
        long at = count * size <= 4 ? entry + 8 : Integer.toUnsignedLong(tiff.getInt(entry + 8));
        if (type != BYTE && type != SHORT && type != LONG || at + count * size > length) return NONE;
        var values = new long[(int) count];
        for (int i = 0; i < values.length; i++) {
            int from = (int) at + i * size;
            values[i] = size == 1 ? tiff.get(from) & 0xFF : size == 2 ? Short.toUnsignedInt(tiff.getShort(from))
                    : Integer.toUnsignedLong(tiff.getInt(from));
        }
        return values;
    }
}
