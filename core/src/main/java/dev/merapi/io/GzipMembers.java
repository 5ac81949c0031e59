package dev.merapi.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Unpacks gzip (RFC 1952): one member after another, each against its checksum. The JDK's stream passes over whatever
 * follows the first member if it is no other one, and takes any number of bytes out of a few.
 */
final class GzipMembers extends InputStream {
    private static final int HEADER_CRC = 2, EXTRA = 4, NAME = 8, COMMENT = 16; // flags
    private static final long ANY_RATIO = 64 << 20; // bytes
    private static final long RATIO = 200; // text has 3 to 20, the format at most 1032

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 sum = new CRC32();
    private final byte[] input;
    private int from; // what is left of the input
    private int to;
    private long read;
    private long unpacked;
    private boolean ended;

    /** @throws IOException if it does not begin as gzip */
    GzipMembers(InputStream in, int buffer) throws IOException {
        this.in = in;
        input = new byte[buffer];
        begin();
    }

    @Override public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override public int read(byte[] target, int start, int length) throws IOException {
        if (length == 0) return 0;
        while (!ended) {
            int n = inflate(target, start, length);
            if (n > 0) {
                sum.update(target, start, n);
                checkRatio(n);
                return n;
            }
            if (inflater.finished()) endMember();
        }
        return -1;
    }

    private int inflate(byte[] target, int start, int length) throws IOException {
        try {
            if (inflater.needsInput()) {
                if (from == to) fill();
                inflater.setInput(input, from, to - from);
                from = to;
            }
            int n = inflater.inflate(target, start, length);
            if (inflater.needsDictionary()) throw new ZipException("it needs a dictionary");
            return n;
        } catch (DataFormatException e) {
            throw new ZipException(e.getMessage() == null ? "invalid compressed data" : e.getMessage());
        }
    }

    private void checkRatio(int n) throws IOException {
        unpacked += n;
        if (unpacked <= ANY_RATIO || unpacked / RATIO <= read) return;
        throw new ZipException("more than " + RATIO + " times its size; if that is meant, unpack it by gunzip first");
    }

    /** Checks the member's sum and length, and begins the next one if there is one. */
    private void endMember() throws IOException {
        from = to - inflater.getRemaining();
        if (number(4) != sum.getValue() || number(4) != (inflater.getBytesWritten() & 0xFFFF_FFFFL)) {
            throw new ZipException("Corrupt GZIP trailer"); // as the JDK says, below too
        }
        inflater.reset();
        sum.reset();
        int next = next();
        while (next == 0) next = next(); // padding, such as a tape's
        if (next < 0) ended = true;
        else if (next != 0x1F) throw new ZipException("other bytes after its end");
        else beginAfterFirst();
    }

    private void begin() throws IOException {
        if (next() != 0x1F) throw new ZipException("Not in GZIP format");
        beginAfterFirst();
    }

    private void beginAfterFirst() throws IOException {
        if (next() != 0x8B) throw new ZipException(unpacked == 0 ? "Not in GZIP format" : "other bytes after its end");
        if (expectNext() != 8) throw new ZipException("an unknown method of compression");
        int flags = expectNext();
        if (flags > 31) throw new ZipException("unknown flags " + flags);
        pass(6); // time, level, system
        if ((flags & EXTRA) != 0) pass(number(2));
        if ((flags & NAME) != 0) passText();
        if ((flags & COMMENT) != 0) passText();
        if ((flags & HEADER_CRC) != 0) pass(2);
    }

    private void pass(long bytes) throws IOException { for (long i = 0; i < bytes; i++) expectNext(); }

    private void passText() throws IOException {
        int next = expectNext();
        while (next != 0) next = expectNext();
    }

    private long number(int bytes) throws IOException {
        long number = 0;
        for (int i = 0; i < bytes; i++) number |= (long) expectNext() << 8 * i;
        return number;
    }

    private int expectNext() throws IOException {
        if (from == to) fill();
        return input[from++] & 0xFF;
    }

    /** The next byte, or -1 at the end. */
    private int next() throws IOException { return from == to && !refill() ? -1 : input[from++] & 0xFF; }

    private void fill() throws IOException {
        if (!refill()) throw new EOFException("Unexpected end of ZLIB input stream");
    }

    private boolean refill() throws IOException {
        from = 0;
        to = Math.max(0, in.read(input));
        read += to;
        return to > 0;
    }

    @Override public void close() throws IOException {
        inflater.end();
        in.close();
    }
}
