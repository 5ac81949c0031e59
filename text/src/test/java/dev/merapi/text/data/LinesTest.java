package dev.merapi.text.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LinesTest {
    @TempDir Path folder;

    static byte[] gzip(byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(bytes)) {
            zip.write(content);
        }
        return bytes.toByteArray();
    }

    @Test void rawAndZippedLinesAreEqual() throws IOException {
        byte[] text = "\uFEFFGrüße\r\n\n 𝄞 end".getBytes(StandardCharsets.UTF_8);
        var expected = List.of("Grüße", "", " 𝄞 end");
        assertEquals(expected, Lines.read(Files.write(folder.resolve("a.txt"), text)));
        assertEquals(expected, Lines.read(Files.write(folder.resolve("b.txt.gz"), gzip(text))));
        assertEquals(List.of(), Lines.read(Files.createFile(folder.resolve("empty.txt"))));
    }

    /** As sacreBLEU and {@code wc -l} count them: a lone carriage return is a character. */
    @Test void aLoneCarriageReturnEndsNoLine() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "one\rtwo\r\r\nthree\r");
        var expected = List.of("one\rtwo\r", "three\r");
        assertEquals(expected, Lines.read(file));
        assertEquals(expected, Lines.open(file).stream().toList());
        assertEquals(expected, Lines.read(Files.write(folder.resolve("a.gz"), gzip(Files.readAllBytes(file)))));
        Path words = Files.writeString(folder.resolve("conll"), "a\rb X\r\nc Y\n");
        assertEquals(List.of(List.of("a\rb", "c")), Conll.read(words).stream().map(LabeledWords::words).toList());
        Path table = Files.writeString(folder.resolve("t.tsv"), "text\tlabel\r\na\rb\tX\r\n");
        assertEquals(List.of(List.of("a\rb", "X")), Columns.read(table, "text", "label"));
    }

    @Test void longLinesAndEndsBetweenBuffers() throws IOException {
        for (int length : List.of(8190, 8191, 8192, 8193, 20_000)) {
            var line = "x".repeat(length);
            assertEquals(List.of(line, line + "\ry", ""), Lines.read(Files.writeString(folder.resolve("a.txt"),
                    line + "\r\n" + line + "\ry\n\n")));
        }
    }

    /** By {@link Lines#open} as by {@link Lines#read}, whatever ends a line, in any order. */
    @Test void mappedLinesAreThoseRead() throws IOException {
        for (String text : List.of("", "\n", "\r\n\r\n", "a", "a\r", "\ra\r\r\nb\n\rc",
                "\uFEFFGrüße\r\n\n 𝄞 end\n", "\uFEFF", "line\n".repeat(5000) + "end")) {
            Path file = Files.writeString(folder.resolve("a.txt"), text);
            var lines = Lines.open(file);
            assertEquals(Lines.read(file), lines.stream().toList(), text);
            assertEquals(Lines.read(file).reversed(),
                    IntStream.range(0, lines.size()).mapToObj(i -> lines.get(lines.size() - 1 - i)).toList(), text);
            assertThrows(IndexOutOfBoundsException.class, () -> lines.get(lines.size()));
        }
    }

    @Test void aMappedFileIsReadWhereItIsAskedFor() throws IOException {
        Path file = Files.write(folder.resolve("raw.txt"), latin1After(20_000));
        var lines = Lines.open(file);
        assertEquals(List.of("more", "a line of text"), List.of(lines.get(20_001), lines.get(0)));
        assertEquals(file + ", line 20001: expected text in UTF-8. Received 0xE9 as byte 4 of the line; save the file"
                + " as UTF-8.",
                assertThrows(IllegalArgumentException.class, () -> lines.get(20_000)).getMessage());
        Path zipped = Files.write(folder.resolve("zipped"), gzip(latin1After(0)));
        assertEquals(zipped + ": expected text that is not gzipped, as lines are read from any place of it. Received"
                + " gzipped data; unpack it, or read it in order by Lines.stream.",
                assertThrows(IllegalArgumentException.class, () -> Lines.open(zipped)).getMessage());
        Path missing = folder.resolve("missing.txt");
        assertEquals("Could not read " + missing + ": there is no such file or folder.",
                assertThrows(UncheckedIOException.class, () -> Lines.open(missing)).getMessage());
    }

    @Test void aStreamReadsNoMoreThanIsAskedFor() throws IOException {
        Path file = Files.write(folder.resolve("big.txt"), latin1After(100_000));
        try (var lines = Lines.stream(file)) {
            assertEquals(3, lines.limit(3).count());
        }
    }

    @Test void malformedBytesAreFoundByLine() throws IOException {
        Path raw = Files.write(folder.resolve("raw.txt"), latin1After(20_000));
        assertEquals(raw + ", line 20001: expected text in UTF-8. Received 0xE9 as byte 4 of the line; save the file"
                + " as UTF-8.", message(raw));
        Path zipped = Files.write(folder.resolve("zipped.gz"), gzip(latin1After(0)));
        assertTrue(message(zipped).startsWith(zipped + ", line 1: expected text in UTF-8."), message(zipped));
        Path cut = Files.write(folder.resolve("cut.txt"), new byte[] {'a', '\n', (byte) 0xC3});
        assertTrue(message(cut).startsWith(cut + ", line 2: expected text in UTF-8. Received 0xC3 as byte 1"),
                message(cut));
    }

    @Test void unreadableFilesAreNamed() throws IOException {
        Path missing = folder.resolve("missing.txt");
        assertEquals("Could not read " + missing + ": there is no such file or folder.",
                assertThrows(UncheckedIOException.class, () -> Lines.read(missing)).getMessage());
        byte[] zip = gzip(latin1After(1000));
        Path cut = Files.write(folder.resolve("cut.gz"), Arrays.copyOf(zip, zip.length / 2));
        assertTrue(message(cut).startsWith(cut + ": expected complete gzipped data. Received damaged data ("),
                message(cut));
    }

    /** So many good lines, then "café" as Latin 1. */
    private static byte[] latin1After(int lines) {
        return ("a line of text\n".repeat(lines) + "café\nmore").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String message(Path file) {
        return assertThrows(IllegalArgumentException.class, () -> Lines.read(file)).getMessage();
    }
}
