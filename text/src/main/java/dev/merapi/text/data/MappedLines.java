package dev.merapi.text.data;

import dev.merapi.data.Dataset;
import dev.merapi.io.FileErrors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;

/** The lines of a mapped file; in memory is where each begins. */
final class MappedLines implements Dataset<String> {
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}; // of the byte order

    private final Path file;
    private final MemorySegment bytes;
    private long[] starts = new long[1024]; // of the lines, and the file's end
    private int size;

    MappedLines(Path file) {
        this.file = file;
        this.bytes = map(file);
        if (begins((byte) 0x1F, (byte) 0x8B)) {
            throw new IllegalArgumentException(file + ": expected text that is not gzipped, as lines are read from any"
                    + " place of it. Received gzipped data; unpack it, or read it in order by Lines.stream.");
        }
        index();
    }

    private static MemorySegment map(Path file) {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    private boolean begins(byte... with) {
        var first = MemorySegment.ofArray(with);
        return bytes.byteSize() >= with.length && first.mismatch(bytes.asSlice(0, with.length)) < 0;
    }

    private byte at(long position) { return bytes.get(ValueLayout.JAVA_BYTE, position); }

    /** Finds the lines, which end as those of {@link Lines}. */
    private void index() {
        long end = bytes.byteSize();
        long start = begins(MARK) ? MARK.length : 0;
        for (long i = start; i < end; i++) {
            if (at(i) != '\n') continue;
            add(start);
            start = i + 1;
        }
        if (start < end) add(start);
        starts = Arrays.copyOf(starts, size + 1);
        starts[size] = end;
    }

    private void add(long start) {
        if (size == starts.length) starts = Arrays.copyOf(starts, Math.multiplyExact(size, 2));
        starts[size++] = start;
    }

    @Override public int size() { return size; }

    @Override public String get(int index) {
        Objects.checkIndex(index, size);
        long end = starts[index + 1];
        if (end > starts[index] && at(end - 1) == '\n' && --end > starts[index] && at(end - 1) == '\r') end--;
        var line = ByteBuffer.wrap(bytes.asSlice(starts[index], end - starts[index]).toArray(ValueLayout.JAVA_BYTE));
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(line).toString();
        } catch (CharacterCodingException _) {
            throw Utf8File.malformed(file, index + 1L, line);
        }
    }
}
