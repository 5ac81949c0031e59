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
import java.util.zip.CRC32C;

/**
 * The layout of a {@link TokenFile}, little-endian: the eight bytes {@code MTOKENS3}, the bytes of an id (int32: 2 or
 * 4), the size of the vocabulary (int32), the number of ids (int64), the bytes of the origin (int64), the CRC-32C of
 * the ids (int32) and that of all these and the origin (int32), the origin in UTF-8 with zeros up to a multiple of 8,
 * and the ids, unsigned.
 *
 * @param width bytes of an id
 * @param vocabSize one more than the highest id there may be
 * @param origin what made the file
 * @param checksum of the ids
 */
record TokenFormat(int width, int vocabSize, String origin, int checksum) {
    private static final int FIXED = 40; // bytes before the origin
    private static final int CHECKED = 36; // of them, before the checksum of the header
    private static final int MAX_ORIGIN = 1 << 12;
    private static final long MAGIC = 0x33534E454B4F544DL; // "MTOKENS3"
    private static final long OLD = 0x32534E454B4F544DL; // "MTOKENS2", without checksums
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int AT_A_TIME = 512; // texts: enough to keep the codec's threads busy
    private static final int BUFFER = 1 << 16;

    static TokenFormat of(int vocabSize, String origin) {
        return new TokenFormat(vocabSize <= 1 << 16 ? 2 : 4, vocabSize, origin, 0);
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
        boolean old = segment.byteSize() >= 8 && segment.get(LONG, 0) == OLD;
        if (segment.byteSize() < FIXED || segment.get(LONG, 0) != MAGIC) {
            throw new IllegalArgumentException(file + ": expected a file of token ids, which begins with MTOKENS3 and"
                    + " has at least " + FIXED + " bytes. Received " + (old ? "one of an earlier version, MTOKENS2,"
                    : "another file,") + " of " + segment.byteSize() + " bytes; make it by TokenFile.write.");
        }
        int width = segment.get(INT, 8);
        int vocabSize = segment.get(INT, 12);
        long count = segment.get(LONG, 16);
        long origin = segment.get(LONG, 24);
        long header = FIXED + Math.ceilDiv(Math.clamp(origin, 0, MAX_ORIGIN), 8) * 8;
        boolean plausible = vocabSize > 0 && width == of(vocabSize, "").width && origin >= 0
                && origin <= MAX_ORIGIN;
        if (!plausible || header > segment.byteSize() || segment.get(INT, CHECKED)
                != checksum(segment.asSlice(0, CHECKED), segment.asSlice(FIXED, header - FIXED))) {
            throw new IllegalArgumentException(file + ": expected a header as TokenFile.write makes it. Received one"
                    + " with a wrong checksum; the file is damaged, write it again.");
        }
        var bytes = segment.asSlice(FIXED, origin).toArray(ValueLayout.JAVA_BYTE);
        long rest = segment.byteSize() - header;
        if (rest % width != 0 || rest / width != count) {
            throw new IllegalArgumentException(file + ": expected " + count + " ids of " + width + " bytes after the"
                    + " header. Received " + rest + " bytes; the file is cut off or damaged, write it again.");
        }
        return new TokenFormat(width, vocabSize, new String(bytes, StandardCharsets.UTF_8), segment.get(INT, 32));
    }

    /** @throws IllegalArgumentException if the ids are not those that were written */
    void verify(MemorySegment ids, String file) {
        if (checksum(ids) == checksum) return;
        throw new IllegalArgumentException(file + ": expected the ids that were written. Received others, whose"
                + " checksum is wrong; the file is damaged, write it again.");
    }

    private static int checksum(MemorySegment... parts) {
        var crc = new CRC32C();
        for (var part : parts) {
            for (long from = 0; from < part.byteSize(); from += 1 << 30) { // a ByteBuffer holds 2 GiB at most
                crc.update(part.asSlice(from, Math.min(1 << 30, part.byteSize() - from)).asByteBuffer());
            }
        }
        return (int) crc.getValue();
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
        var crc = new CRC32C();
        channel.position(header());
        for (var ids = pieces.iterator(); ids.hasNext();) {
            for (long id : ids.next()) {
                if (buffer.remaining() < width) drain(buffer, channel, crc);
                put(buffer, id);
            }
        }
        drain(buffer, channel, crc);
        long count = (channel.position() - header()) / width;
        byte[] utf8 = utf8();
        buffer.putLong(MAGIC).putInt(width).putInt(vocabSize).putLong(count).putLong(utf8.length)
                .putInt((int) crc.getValue()).putInt(0).put(utf8).put(new byte[header() - FIXED - utf8.length]);
        var header = MemorySegment.ofBuffer(buffer.flip());
        buffer.putInt(CHECKED, checksum(header.asSlice(0, CHECKED), header.asSlice(FIXED)));
        channel.position(0);
        while (buffer.hasRemaining()) channel.write(buffer);
    }

    private void put(ByteBuffer buffer, long id) {
        if (id < 0 || id >= vocabSize) {
            throw new IllegalArgumentException("TokenFile.write: expected ids below the codec's vocabSize " + vocabSize
                    + ". Received " + id);
        }
        if (width == 2) buffer.putShort((short) id);
        else buffer.putInt((int) id);
    }

    private static void drain(ByteBuffer buffer, FileChannel channel, CRC32C crc) throws IOException {
        crc.update(buffer.flip());
        buffer.rewind();
        while (buffer.hasRemaining()) channel.write(buffer);
        buffer.clear();
    }
}
