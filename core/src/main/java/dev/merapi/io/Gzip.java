package dev.merapi.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Reads files that may be gzipped. */
public final class Gzip {
    private static final int BUFFER = 1 << 16;

    private Gzip() {}

    /** The content of a stream that is gzipped or not, whatever its file's name: the first two bytes tell. */
    public static InputStream unzipped(InputStream in) throws IOException {
        var buffered = new BufferedInputStream(in, BUFFER);
        buffered.mark(2);
        boolean zipped = buffered.read() == 0x1F && buffered.read() == 0x8B;
        buffered.reset();
        return zipped ? new GZIPInputStream(buffered, BUFFER) : buffered;
    }
}
