package dev.merapi.text.data;

import dev.merapi.io.AtomicFiles;
import dev.merapi.io.FileErrors;
import dev.merapi.text.tokenizer.TextCodec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Gatherers;
import java.util.stream.Stream;

/**
 * The layout of a {@link TokenFile}, little-endian: the eight bytes {@code MTOKENS2}, the bytes of an id (int32: 2 or
 * 4), the size of the vocabulary (int32), the number of ids (int64), the bytes of the origin (int64), the origin in
 * UTF-8 with zeros up to a multiple of 8, and the ids, unsigned.
 *
 * @param width bytes of an id
 * @param vocabSize one more than the highest id there may be
 * @param origin what made the file
 */
record TokenFormat(int width, int vocabSize, String origin) {
    private static final int FIXED = 32; // bytes before the origin
    private static final int MAX_ORIGIN = 1 << 12;
    private static final long MAGIC = 0x32534E454B4F544DL; // "MTOKENS2"
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int AT_A_TIME = 512; // texts: enough to keep the codec's threads busy
    private static final int BUFFER = 1 << 16;

    static TokenFormat of(int vocabSize, String origin) {
        return new TokenFormat(vocabSize <= 1 << 16 ? 2 : 4, vocabSize, origin);
    }

    /** Where the ids begin. */
    int header() { return FIXED + Math.ceilDiv(utf8().length, 8) * 8; }

    private byte[] utf8() { return origin.getBytes(StandardCharsets.UTF_8); }

    static MemorySegment map(Path file) {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    /** The format of a whole file, by its header. */
    static TokenFormat of(MemorySegment segment, Path file) {
        if (segment.byteSize() < FIXED || segment.get(LONG, 0) != MAGIC) {
            throw new IllegalArgumentException(file + ": expected a file of token ids, which begins with MTOKENS2 and"
                    + " has at least " + FIXED + " bytes. Received another file, of " + segment.byteSize()
                    + " bytes; make it by TokenFile.write.");
        }
        int width = segment.get(INT, 8);
        int vocabSize = segment.get(INT, 12);
        long count = segment.get(LONG, 16);
        long origin = segment.get(LONG, 24);
        if (vocabSize < 1 || width != of(vocabSize, "").width || count < 0 || origin < 0 || origin > MAX_ORIGIN) {
            throw new IllegalArgumentException(file + ": expected a header as TokenFile.write makes it. Received ids"
                    + " of " + width + " bytes, a vocabulary of " + vocabSize + ", " + count + " ids and an origin of "
                    + origin + " bytes; write the file again.");
        }
        var bytes = segment.asSlice(FIXED, Math.min(origin, segment.byteSize() - FIXED));
        var format = of(vocabSize, new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8));
        long rest = segment.byteSize() - FIXED - Math.ceilDiv(origin, 8) * 8;
        if (rest % width != 0 || rest / width != count) {
            throw new IllegalArgumentException(file + ": expected " + count + " ids of " + width + " bytes after the"
                    + " header. Received " + Math.max(rest, 0) + " bytes; the file is cut off or damaged, write it"
                    + " again.");
        }
        return format;
    }

    /** The id at a position of the ids' segment. */
    long id(MemorySegment ids, long position) {
        return width == 2 ? Short.toUnsignedLong(ids.getAtIndex(SHORT, position))
                : Integer.toUnsignedLong(ids.getAtIndex(INT, position));
    }

    static void write(Path file, TextCodec codec, Stream<String> texts, String origin) {
        var format = of(codec.vocabSize(), origin);
        if (format.utf8().length > MAX_ORIGIN) {
            throw new IllegalArgumentException("TokenFile.write: expected an origin of at most " + MAX_ORIGIN
                    + " bytes in UTF-8. Received " + format.utf8().length);
        }
        var pieces = texts.gather(Gatherers.windowFixed(AT_A_TIME)).flatMap(some -> codec.encodeAll(some).stream());
        AtomicFiles.write(file, channel -> format.write(channel, pieces));
    }

    private void write(FileChannel channel, Stream<long[]> pieces) throws IOException {
        var buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
        channel.position(header());
        for (var ids = pieces.iterator(); ids.hasNext();) {
            for (long id : ids.next()) {
                if (buffer.remaining() < width) drain(buffer, channel);
                put(buffer, id);
            }
        }
        drain(buffer, channel);
        long count = (channel.position() - header()) / width;
        byte[] utf8 = utf8();
        buffer.putLong(MAGIC).putInt(width).putInt(vocabSize).putLong(count).putLong(utf8.length).put(utf8);
        channel.position(0);
        drain(buffer, channel);
    }

    private void put(ByteBuffer buffer, long id) {
        if (id < 0 || id >= vocabSize) {
            throw new IllegalArgumentException("TokenFile.write: expected ids below the codec's vocabSize " + vocabSize
                    + ". Received " + id);
        }
        if (width == 2) buffer.putShort((short) id);
        else buffer.putInt((int) id);
    }

    private static void drain(ByteBuffer buffer, FileChannel channel) throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) channel.write(buffer);
        buffer.clear();
    }
}
