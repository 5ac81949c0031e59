package dev.merapi.speech.audio;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What a WAV file says of its samples (RIFF, and RF64 beyond 4 GiB).
 *
 * @param coding null for one that is not known here
 * @param tag of the coding, for messages
 * @param bytes of all samples; −1 where the writer did not know
 * @param offset of the first sample in the file
 */
record WavHeader(WavCoding coding, int tag, int channels, long rate, long bytes, long offset) {
    private static final int EXTENSIBLE = 0xFFFE;
    private static final long OPEN = 0xFFFFFFFFL; // how long, is not known
    private static final int MAX_FORMAT = 4096;

    /** Reads up to the first sample. */
    static WavHeader read(InputStream in, String name) throws IOException {
        try {
            return chunks(in, name);
        } catch (EOFException e) {
            throw new IllegalArgumentException(name + ": expected a WAV file. Received one that ends within its"
                    + " header.", e);
        }
    }

    private static WavHeader chunks(InputStream in, String name) throws IOException {
        var riff = take(in, 12);
        boolean large = text(riff, 0).equals("RF64");
        if (!large && !text(riff, 0).equals("RIFF") || !text(riff, 8).equals("WAVE")) {
            throw new IllegalArgumentException(name + ": expected a WAV file, which begins with RIFF. Received \""
                    + text(riff, 0).replaceAll("[^ -~]", "?") + "\".");
        }
        long offset = 12;
        long largeSize = -1;
        ByteBuffer format = null;
        while (true) {
            var head = take(in, 8);
            String chunk = text(head, 0);
            long size = head.getInt(4) & 0xFFFFFFFFL;
            offset += 8;
            if (chunk.equals("data")) {
                if (format == null) {
                    throw new IllegalArgumentException(name + ": expected a format before the samples of a WAV file."
                            + " Received none.");
                }
                long bytes = large && size == OPEN ? largeSize : size == OPEN ? -1 : size;
                return of(format, bytes, offset, name);
            }
            boolean kept = chunk.equals("fmt ") || chunk.equals("ds64");
            if (kept && size > MAX_FORMAT) {
                throw new IllegalArgumentException(name + ": expected a WAV format of a few bytes. Received " + size
                        + ".");
            }
            if (chunk.equals("fmt ")) format = take(in, (int) size);
            else if (chunk.equals("ds64")) largeSize = take(in, (int) size).getLong(8);
            else in.skipNBytes(size);
            if (size % 2 == 1) in.skipNBytes(1);
            offset += size + size % 2;
        }
    }

    private static WavHeader of(ByteBuffer format, long bytes, long offset, String name) {
        if (format.capacity() < 16) {
            throw new IllegalArgumentException(name + ": expected a WAV format of at least 16 bytes. Received "
                    + format.capacity() + ".");
        }
        int tag = format.getShort(0) & 0xFFFF;
        if (tag == EXTENSIBLE && format.capacity() >= 26) tag = format.getShort(24) & 0xFFFF; // begins the GUID
        int channels = format.getShort(2) & 0xFFFF;
        long rate = format.getInt(4) & 0xFFFFFFFFL;
        int bits = format.getShort(14) & 0xFFFF;
        int frame = format.getShort(12) & 0xFFFF;
        var coding = channels == 0 || bits > 255 ? null
                : WavCoding.of(tag, frame % channels == 0 && tag != 0 ? 8 * (frame / channels) : bits);
        if (channels == 0) throw new IllegalArgumentException(name + ": expected a channel. Received 0.");
        if (rate < 1 || rate > 10_000_000) {
            throw new IllegalArgumentException(name + ": expected a rate from 1 to 10000000 Hz. Received " + rate
                    + ".");
        }
        return new WavHeader(coding, tag, channels, rate, bytes, offset);
    }

    private static ByteBuffer take(InputStream in, int bytes) throws IOException {
        byte[] taken = in.readNBytes(bytes);
        if (taken.length < bytes) throw new EOFException();
        return ByteBuffer.wrap(taken).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String text(ByteBuffer bytes, int at) {
        return new String(bytes.array(), at, 4, StandardCharsets.ISO_8859_1);
    }
}
