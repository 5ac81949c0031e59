package dev.merapi;

import java.util.Arrays;

/** Headers of tar archives, as POSIX has them. */
public final class TarHeader {
    private TarHeader() {}

    /** @param type {@code '0'} for a file */
    public static byte[] of(String name, int size, char type) {
        var header = new byte[512];
        System.arraycopy(name.getBytes(), 0, header, 0, name.length());
        System.arraycopy("%011o".formatted(size).getBytes(), 0, header, 124, 11);
        header[156] = (byte) type;
        return sum(header);
    }

    /** Writes the header's checksum, to which its own place counts as spaces. */
    public static byte[] sum(byte[] header) {
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) sum += b & 0xFF;
        System.arraycopy("%06o\0".formatted(sum).getBytes(), 0, header, 148, 7);
        return header;
    }
}
