package dev.merapi.io;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class GzipTest {
    private static byte[] bytes(String text) { return text.getBytes(StandardCharsets.UTF_8); }

    private static byte[] join(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) all.writeBytes(part);
        return all.toByteArray();
    }

    private static String unzip(byte[] zipped) throws IOException {
        return new String(Gzip.unzipped(new ByteArrayInputStream(zipped)).readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String problem(byte[] zipped) {
        return assertThrows(ZipException.class, () -> unzip(zipped)).getMessage();
    }

    @Test void whatIsNotZippedStaysAsItIs() throws IOException {
        assertEquals("text", unzip(bytes("text")));
        assertEquals("", unzip(new byte[0]));
    }

    @Test void partsInARowAreOneContent() throws IOException {
        byte[] a = DownloadTest.gzip(bytes("first, ")), b = DownloadTest.gzip(bytes("second"));
        assertEquals("first, second", unzip(join(a, b)));
        assertEquals("first, second", unzip(join(a, DownloadTest.gzip(new byte[0]), b, new byte[512]))); // padded
        // also where a part comes only after the one before was read
        try (var in = Gzip.unzipped(new SequenceInputStream(new ByteArrayInputStream(a),
                new ByteArrayInputStream(b)))) {
            assertEquals("first, second", new String(in.readAllBytes()));
        }
    }

    @Test void whatFollowsIsNotPassedOver() throws IOException {
        byte[] a = DownloadTest.gzip(bytes("first"));
        assertEquals("other bytes after its end", problem(join(a, bytes("<html>"))));
        assertEquals("other bytes after its end", problem(join(a, bytes("\037x"))));
        assertThrows(EOFException.class, () -> unzip(join(a, Arrays.copyOf(a, 5))));
    }

    @Test void sumAndLengthAreCompared() throws IOException {
        byte[] a = DownloadTest.gzip(bytes("abc"));
        byte[] sum = a.clone();
        sum[a.length - 8] ^= 1;
        assertEquals("Corrupt GZIP trailer", problem(sum));
        byte[] length = a.clone();
        length[a.length - 1] ^= 1;
        assertEquals("Corrupt GZIP trailer", problem(length));
    }

    /** RFC 1952, 2.3.1: extra field, name, comment and a checksum of the header. */
    @Test void allPartsOfAHeaderArePassed() throws IOException {
        byte[] a = DownloadTest.gzip(bytes("abc"));
        byte[] header = join(new byte[] {0x1f, (byte) 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 0},
                new byte[] {3, 0, 1, 2, 3}, bytes("name\0"), bytes("comment\0"), new byte[2]);
        assertEquals("abc", unzip(join(header, Arrays.copyOfRange(a, 10, a.length))));
        a[2] = 7;
        assertEquals("an unknown method of compression", problem(a));
    }

    @Test void bombsAreRefused() throws IOException {
        var bomb = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(bomb)) {
            var lines = new byte[1 << 20];
            Arrays.fill(lines, (byte) '\n');
            for (int i = 0; i < 65; i++) zip.write(lines);
        }
        try (var in = Gzip.unzipped(new ByteArrayInputStream(bomb.toByteArray()))) {
            assertEquals("more than 200 times its size; if that is meant, unpack it by gunzip first",
                    assertThrows(ZipException.class, () -> in.transferTo(OutputStream.nullOutputStream()))
                            .getMessage());
        }
    }

    @Test void bytesOneByOneAreTheSame() throws IOException {
        byte[] content = bytes("a\u00e4\0b");
        try (var in = Gzip.unzipped(new ByteArrayInputStream(DownloadTest.gzip(content)))) {
            var read = new ByteArrayOutputStream();
            for (int b = in.read(); b >= 0; b = in.read()) read.write(b);
            assertArrayEquals(content, read.toByteArray());
        }
    }
}
