package dev.merapi.io;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Where the files of a zip archive lie in it, so that those that are not compressed can be read in place; the JDK's own
 * reader does not tell. Every size and place is compared with the archive's.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">the format</a>
 */
final class ZipIndex {
    private static final int END = 0x06054b50, END64 = 0x06064b50, LOCATOR64 = 0x07064b50; // the records' first bytes
    private static final int ENTRY = 0x02014b50, LOCAL = 0x04034b50;
    private static final int LONGEST_COMMENT = 0xFFFF;
    private static final int MAX_RATIO = 1032; // deflate's
    private static final long IN_64 = 0xFFFFFFFFL; // the number stands in the record for large archives
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String where;
    private final MemorySegment file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /**
     * A file in the archive.
     *
     * @param from of its bytes in the archive
     * @param stored how many there are
     * @param size how many they become when they are unpacked
     * @param compressed whether by deflate
     */
    record Entry(long from, long stored, long size, boolean compressed, int checksum) {}

    /**
     * @param where begins messages, such as the file's name
     * @throws IllegalArgumentException if it is no complete zip archive
     */
    ZipIndex(String where, MemorySegment file) {
        this.where = where;
        this.file = file;
        long end = findEnd(), count = u16(end + 10), size = u32(end + 12), from = u32(end + 16);
        if (count == 0xFFFF || size == IN_64 || from == IN_64 || isLocator(end - 20)) {
            if (!isLocator(end - 20)) throw corrupt("the record of a large archive is missing");
            long end64 = i64(end - 12);
            if (end64 < 0 || end64 > end - 76 || i32(end64) != END64) throw corrupt("its end is not where it says");
            count = i64(end64 + 32);
            size = i64(end64 + 40);
            from = i64(end64 + 48);
        }
        if (from < 0 || size < 0 || from > end || size > end - from || count < 0 || count > size / 46) {
            throw corrupt("expected the list of its files before byte " + end + ". Received " + count + " files in "
                    + size + " bytes from byte " + from);
        }
        long at = from;
        for (long i = 0; i < count; i++) at = readEntry(at, from + size);
    }

    private long findEnd() {
        long last = file.byteSize() - 22;
        for (long at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--) if (i32(at) == END) return at;
        throw corrupt("its end is missing; the file may be cut short");
    }

    private boolean isLocator(long at) { return at >= 0 && i32(at) == LOCATOR64; }

    /** @return where the next one begins */
    private long readEntry(long at, long end) {
        if (at > end - 46 || i32(at) != ENTRY) throw corrupt("expected an entry of its list at byte " + at);
        int nameLength = u16(at + 28), extraLength = u16(at + 30);
        long next = at + 46 + nameLength + extraLength + u16(at + 32);
        if (next > end) throw corrupt("the entry at byte " + at + " is longer than the list");
        String name = new String(file.asSlice(at + 46, nameLength).toArray(ValueLayout.JAVA_BYTE),
                StandardCharsets.UTF_8);
        var sizes = new long[] {u32(at + 24), u32(at + 20), u32(at + 42)}; // unpacked, stored, from
        readExtra(at + 46 + nameLength, extraLength, sizes);
        int method = u16(at + 10);
        if ((u16(at + 8) & 1) != 0 || method != 0 && method != 8) {
            throw corrupt(name + ": expected it as it is or deflated. Received "
                    + ((u16(at + 8) & 1) != 0 ? "it encrypted" : "the method " + method));
        }
        long local = sizes[2];
        if (local < 0 || local > file.byteSize() - 30 || i32(local) != LOCAL) {
            throw corrupt(name + ": expected it at byte " + local);
        }
        long from = local + 30 + u16(local + 26) + u16(local + 28);
        boolean fits = sizes[1] >= 0 && sizes[1] <= file.byteSize() - from && sizes[0] >= 0
                && (method == 0 ? sizes[0] == sizes[1] : sizes[0] / MAX_RATIO <= sizes[1]);
        if (!fits) {
            throw corrupt(name + ": expected what is inside the " + file.byteSize() + " bytes of the file. Received "
                    + sizes[0] + " bytes, stored as " + sizes[1] + " from byte " + from);
        }
        var entry = new Entry(from, sizes[1], sizes[0], method == 8, i32(at + 16));
        if (entries.put(name, entry) != null) throw corrupt(name + " is in it twice");
        return next;
    }

    /** Takes those of the sizes that have no room in an entry from behind it. */
    private void readExtra(long from, int length, long[] sizes) {
        for (long at = from; at + 4 <= from + length;) {
            int kind = u16(at), bytes = u16(at + 2);
            at += 4;
            if (at + bytes > from + length) return;
            long value = at;
            for (int i = 0; kind == 1 && i < sizes.length; i++) {
                if (sizes[i] != IN_64 || value + 8 > at + bytes) continue;
                sizes[i] = i64(value);
                value += 8;
            }
            at += bytes;
        }
    }

    Map<String, Entry> entries() { return entries; }

    /**
     * What an entry holds, unpacked and compared with its checksum.
     *
     * @param most bytes
     * @throws IllegalArgumentException if it is larger, or damaged
     */
    byte[] read(String name, long most) {
        Entry entry = entries.get(name);
        if (entry.size > most) {
            throw corrupt(name + ": expected at most " + most + " bytes. Received " + entry.size);
        }
        byte[] stored = file.asSlice(entry.from, entry.stored).toArray(ValueLayout.JAVA_BYTE);
        byte[] content = entry.compressed ? inflate(name, stored, (int) entry.size) : stored;
        var crc = new CRC32();
        crc.update(content);
        if ((int) crc.getValue() != entry.checksum) throw corrupt(name + ": its checksum is wrong");
        return content;
    }

    private byte[] inflate(String name, byte[] stored, int size) {
        var inflater = new Inflater(true);
        try {
            inflater.setInput(stored);
            var content = new ByteArrayOutputStream();
            var buffer = new byte[1 << 16];
            while (!inflater.finished() && content.size() <= size) {
                int count = inflater.inflate(buffer);
                if (count == 0 && (inflater.needsInput() || inflater.needsDictionary())) break;
                content.write(buffer, 0, count);
            }
            if (inflater.finished() && content.size() == size) return content.toByteArray();
            throw corrupt(name + ": expected " + size + " bytes when it is unpacked. Received others");
        } catch (DataFormatException e) {
            throw corrupt(name + ": it cannot be unpacked: " + e.getMessage());
        } finally {
            inflater.end();
        }
    }

    private IllegalArgumentException corrupt(String what) {
        return new IllegalArgumentException(where + ": not a complete zip archive: " + what + ".");
    }

    private int i32(long at) { return file.get(INT, at); }

    private long i64(long at) { return file.get(LONG, at); }

    private long u32(long at) { return Integer.toUnsignedLong(file.get(INT, at)); }

    private int u16(long at) { return Short.toUnsignedInt(file.get(SHORT, at)); }
}
