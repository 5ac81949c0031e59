package dev.merapi.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Reads files that may be gzipped. */
public final class Gzip {
    private static final int BUFFER = 1 << 16;

    private Gzip() {}

    /**
     * The content of a stream that is gzipped or not, whatever its file's name: the first two bytes tell. Several
     * gzipped parts in a row are one content. The checksums are compared when their parts are at their ends, so read to
     * the end.
     *
     * <p>Reading throws a {@link java.util.zip.ZipException} or an {@link java.io.EOFException} where the content is
     * damaged, cut off, followed by something else, or more than 64 MiB and 200 times what it is unpacked from.
     */
    public static InputStream unzipped(InputStream in) throws IOException {
        var buffered = new BufferedInputStream(in, BUFFER);
        buffered.mark(2);
        boolean zipped = buffered.read() == 0x1F && buffered.read() == 0x8B;
        buffered.reset();
        return zipped ? new GzipMembers(buffered, BUFFER) : buffered;
    }
}
