package dev.merapi.text.convert;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.zip.CRC32C;

/**
 * Reads a table of LevelDB, a sorted map of bytes, which TensorFlow keeps an index in: blocks of entries, each with a
 * checksum, an index of the blocks, and a footer that says where the index is.
 *
 * @see <a href="https://github.com/google/leveldb/blob/main/doc/table_format.md">the format</a>
 */
final class SortedTable {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int FOOTER = 48;
    private static final long MAGIC = 0xdb4775248b80fb57L;

    private SortedTable() {}

    /**
     * All entries of a file.
     *
     * @throws IllegalArgumentException if it is not a complete table, saying what is wrong
     */
    static SequencedMap<String, MemorySegment> read(Path file) {
        var bytes = MappedFile.open(file);
        try {
            return read(bytes);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": not a complete index of a TensorFlow checkpoint: "
                    + e.getMessage() + ".", e);
        }
    }

    private static SequencedMap<String, MemorySegment> read(MemorySegment file) {
        long end = file.byteSize() - FOOTER;
        if (end < 0 || file.get(LONG, end + FOOTER - 8) != MAGIC) {
            throw new IllegalArgumentException("it does not end as one; the file may be cut short");
        }
        var footer = new Bytes(file.asSlice(end, FOOTER));
        handle(footer); // of the filters, which are not used
        var all = new LinkedHashMap<String, MemorySegment>();
        entries(block(file, handle(footer))).forEach((_, handle) ->
                all.putAll(entries(block(file, handle(new Bytes(handle))))));
        return all;
    }

    /** Where a block is. */
    private record Handle(long offset, long size) {}

    private static Handle handle(Bytes in) { return new Handle(in.varint(), in.varint()); }

    private static MemorySegment block(MemorySegment file, Handle at) {
        if (at.offset < 0 || at.size < 4 || at.size > file.byteSize() - at.offset - 5) {
            throw new IllegalArgumentException("a block should be at " + at.offset + " with " + at.size + " bytes, the"
                    + " file has " + file.byteSize());
        }
        var typed = file.asSlice(at.offset, at.size + 1);
        if (checksum(typed) != file.get(INT, at.offset + at.size + 1)) {
            throw new IllegalArgumentException("the checksum of the block at " + at.offset + " is wrong");
        }
        if (typed.get(ValueLayout.JAVA_BYTE, at.size) != 0) {
            throw new IllegalArgumentException("the block at " + at.offset + " is compressed, which TensorFlow does"
                    + " not do");
        }
        return typed.asSlice(0, at.size);
    }

    /** Entries share the beginning of the key before; behind them stand places to begin reading at, and their count. */
    private static SequencedMap<String, MemorySegment> entries(MemorySegment block) {
        long restarts = Integer.toUnsignedLong(block.get(INT, block.byteSize() - 4));
        long end = block.byteSize() - 4 - 4 * restarts;
        if (end < 0) throw new IllegalArgumentException("a block has no room for its " + restarts + " restarts");
        var in = new Bytes(block.asSlice(0, end));
        var entries = new LinkedHashMap<String, MemorySegment>();
        byte[] key = {};
        while (in.hasMore()) {
            long sharing = in.varint();
            long fresh = in.varint();
            long size = in.varint();
            if (sharing < 0 || sharing > key.length) {
                throw new IllegalArgumentException("a key shares more than there is");
            }
            int shared = (int) sharing;
            var rest = in.take(fresh).toArray(ValueLayout.JAVA_BYTE);
            var next = new byte[shared + rest.length];
            System.arraycopy(key, 0, next, 0, shared);
            System.arraycopy(rest, 0, next, shared, rest.length);
            key = next;
            entries.put(new String(key, StandardCharsets.UTF_8), in.take(size));
        }
        return entries;
    }

    /** CRC-32C, masked as LevelDB and TensorFlow store it. */
    static int checksum(MemorySegment bytes) {
        var crc = new CRC32C();
        for (long from = 0; from < bytes.byteSize(); from += 1 << 30) { // a ByteBuffer holds 2 GiB at most
            crc.update(bytes.asSlice(from, Math.min(1 << 30, bytes.byteSize() - from)).asByteBuffer());
        }
        return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    }
}
