package dev.merapi.text.data;

import dev.merapi.io.FileErrors;
import dev.merapi.io.Gzip;
import dev.merapi.io.LineReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipException;

/** Text files in UTF-8, raw or gzipped; a byte order mark is passed over. */
final class Utf8File {
    private Utf8File() {}

    /** Gives one thing after another, and null at the end. */
    @FunctionalInterface
    interface Source<T> {
        T next() throws IOException;
    }

    /** Begins to read from a file. */
    @FunctionalInterface
    interface Opener<T> {
        Source<T> open(LineReader reader) throws IOException;
    }

    /** What a source gives, read as the stream goes on; closing the stream closes the file. */
    static <T> Stream<T> stream(Path file, Opener<T> opener) {
        LineReader reader = null;
        try {
            reader = open(file);
            var source = opener.open(reader);
            return Stream.iterate(next(source, file), Objects::nonNull, _ -> next(source, file))
                    .onClose(closing(reader, file));
        } catch (IOException e) {
            if (reader != null) closing(reader, file).run();
            throw error(file, e);
        } catch (RuntimeException e) {
            closing(reader, file).run();
            throw e;
        }
    }

    /** The whole text of a file. */
    static String read(Path file) {
        try (var reader = open(file)) {
            return reader.readAllAsString();
        } catch (IOException e) {
            throw error(file, e);
        }
    }

    private static LineReader open(Path file) throws IOException {
        return reader(file, StandardCharsets.UTF_8.newDecoder()); // a decoder, unlike a charset, is strict
    }

    private static LineReader reader(Path file, CharsetDecoder decoder) throws IOException {
        var in = Files.newInputStream(file);
        try {
            return new LineReader(new InputStreamReader(Gzip.unzipped(in), decoder));
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private static <T> T next(Source<T> source, Path file) {
        try {
            return source.next();
        } catch (IOException e) {
            throw error(file, e);
        }
    }

    private static Runnable closing(LineReader reader, Path file) {
        return () -> {
            try {
                reader.close();
            } catch (IOException e) {
                throw FileErrors.reading(file, e);
            }
        };
    }

    private static RuntimeException error(Path file, IOException e) {
        return switch (e) {
            case CharacterCodingException _ -> malformed(file);
            case ZipException _, EOFException _ -> new IllegalArgumentException(file + ": expected complete gzipped"
                    + " data. Received damaged data (" + e.getMessage() + "); get the file again.", e);
            default -> FileErrors.reading(file, e);
        };
    }

    /** Looks for the line, which a decoder that works block by block does not know. */
    private static RuntimeException malformed(Path file) {
        Charset bytes = StandardCharsets.ISO_8859_1; // a character for each byte
        try (var lines = reader(file, bytes.newDecoder())) {
            var line = ByteBuffer.wrap(lines.readLine().getBytes(bytes));
            long number = 1;
            while (decodes(line)) {
                line = ByteBuffer.wrap(lines.readLine().getBytes(bytes));
                number++;
            }
            return malformed(file, number, line);
        } catch (IOException e) {
            return FileErrors.reading(file, e);
        }
    }

    /** @param line stands at the first wrong byte */
    static IllegalArgumentException malformed(Path file, long number, ByteBuffer line) {
        return new IllegalArgumentException("%s, line %d: expected text in UTF-8. Received 0x%02X as byte %d of"
                .formatted(file, number, line.get(line.position()), line.position() + 1)
                + " the line; save the file as UTF-8.");
    }

    /** Whether a line is UTF-8; if not, leaves it at the first wrong byte. */
    private static boolean decodes(ByteBuffer line) {
        var out = CharBuffer.allocate(line.remaining());
        return !StandardCharsets.UTF_8.newDecoder().decode(line, out, true).isError();
    }
}
