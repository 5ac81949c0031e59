package dev.merapi.io;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

/**
 * A file as memory, read where it is used. The mapping lives as long as any tensor of it, and needs no closing.
 *
 * @param data what tensors are views of: writing to it changes the process's copy, not the file. Read-only where the
 *     file is.
 * @param source the same, read-only: what copies are made from
 */
record MappedFile(MemorySegment data, MemorySegment source) {
    private static final long PIECE = 1 << 24; // bytes that are read at a time

    /** @throws java.io.UncheckedIOException if the file cannot be read */
    static MappedFile open(Path path) {
        if (Files.isWritable(path)) {
            try {
                // private: a tensor may be written to in place without harm to the file, which the JDK grants only
                // where the file itself could be written; from others, tensors are copied
                var maps = map(path, List.of(MapMode.PRIVATE, MapMode.READ_ONLY), READ, WRITE);
                return new MappedFile(maps.getFirst(), maps.getLast());
            } catch (IOException e) {
                // a system may refuse to promise so much memory, or the file was moved meanwhile: as any other file
            }
        }
        return openReadOnly(path);
    }

    static MappedFile openReadOnly(Path path) {
        try {
            var map = map(path, List.of(MapMode.READ_ONLY), READ).getFirst();
            return new MappedFile(map, map);
        } catch (IOException e) {
            throw FileErrors.reading(path, e);
        }
    }

    private static List<MemorySegment> map(Path path, List<MapMode> modes, OpenOption... options) throws IOException {
        return Interrupts.without(() -> {
            try (var channel = FileChannel.open(path, options)) {
                var maps = new ArrayList<MemorySegment>();
                for (var mode : modes) maps.add(channel.map(mode, 0, channel.size(), Arena.ofAuto()));
                return maps;
            }
        });
    }

    long size() { return source.byteSize(); }

    /** The same from a position on. */
    MappedFile from(long position) { return new MappedFile(data.asSlice(position), source.asSlice(position)); }

    /** A part of it, as a view or, where that cannot be, a copy. */
    Tensor tensor(long from, DType type, long... shape) {
        MemorySegment bytes = data.asSlice(from, bytes(type, shape));
        return isAligned(bytes, type) && !bytes.isReadOnly() ? Tensor.of(bytes, type, shape) : copy(bytes, type, shape);
    }

    /** Writes a part into another tensor of its shape. What was read leaves the process's memory again, bit by bit. */
    void copyTo(Tensor target, long from, DType type, long... shape) {
        long size = bytes(type, shape);
        if (!target.isContiguous() || size <= PIECE) {
            copyPiece(target, from, type, shape);
            return;
        }
        try (Tensor flat = target.view(-1)) {
            for (long at = 0; at < size; at += PIECE) {
                long first = at / type.bytes(), count = Math.min(PIECE, size - at) / type.bytes();
                try (Tensor part = flat.narrow(0, first, count)) {
                    copyPiece(part, from + at, type, count);
                }
            }
        }
    }

    private void copyPiece(Tensor target, long from, DType type, long... shape) {
        MemorySegment bytes = source.asSlice(from, bytes(type, shape));
        try (var saved = isAligned(bytes, type) ? Tensor.of(bytes, type, shape) : copy(bytes, type, shape)) {
            target.copy_(saved);
        }
        if (bytes.byteSize() > 0) bytes.unload();
    }

    private static long bytes(DType type, long... shape) {
        long bytes = type.bytes();
        for (long size : shape) bytes *= size;
        return bytes;
    }

    private static boolean isAligned(MemorySegment bytes, DType type) { // formats do not promise it
        return bytes.address() % Math.min(8, type.bytes()) == 0;
    }

    private static Tensor copy(MemorySegment bytes, DType type, long... shape) {
        var copy = Tensor.empty(Device.CPU, type, shape);
        copy.segment().copyFrom(bytes);
        return copy;
    }
}
