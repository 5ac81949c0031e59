package dev.merapi.vision.data;

import dev.merapi.io.FileErrors;
import dev.merapi.io.Gzip;
import dev.merapi.tensor.Shapes;
import dev.merapi.vision.Image;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipException;

/**
 * A file of MNIST's IDX format: unsigned bytes of any shape, raw or gzipped whatever its name. The layout is two zero
 * bytes, the type (8), the number of dimensions, each size as a big-endian int, then the bytes
 * (<a href="http://yann.lecun.com/exdb/mnist/">yann.lecun.com/exdb/mnist</a>).
 *
 * <p>Damaged files give an {@link IllegalArgumentException} that names the file, what was expected, and what to do.
 */
record Idx(int[] shape, byte[] data) {
    private static final int UNSIGNED_BYTE = 8;
    /** Bytes that a gzipped one can stand for at most. */
    private static final long DEFLATE = 1032;

    static List<Image> images(Path file) { return images(read(file, 3)); }

    static byte[] labels(Path file) { return read(file, 1).data; }

    /** Each is copied when it is asked for: objects of tiny images would take many times the file's size. */
    static List<Image> images(Idx idx) {
        int height = idx.shape[1];
        int width = idx.shape[2];
        int size = height * width;
        return new AbstractList<>() {
            @Override public int size() { return idx.shape[0]; }

            @Override public Image get(int i) {
                Objects.checkIndex(i, size());
                return new Image(height, width, 1, Arrays.copyOfRange(idx.data, i * size, (i + 1) * size));
            }
        };
    }

    static Idx read(Path file, int rank) {
        try (var in = Files.newInputStream(file)) {
            return read(in, Files.size(file), file.toString(), rank);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    /**
     * Reads a stream to its end.
     *
     * @param length of the stream, as it is stored
     * @param name stands for it in messages
     */
    static Idx read(InputStream in, long length, String name, int rank) throws IOException {
        try {
            var bytes = Gzip.unzipped(in);
            int[] shape = readShape(bytes, name, rank);
            long most = Math.min(Integer.MAX_VALUE - 8, DEFLATE * length);
            long size = 1;
            for (int n : shape) size = Math.min(size * n, most + 1); // more would say no more, and might overflow
            if (size > most) throw damaged(name, "at most " + most + " bytes", "a header of shape " + shapeOf(shape));
            byte[] data = bytes.readNBytes((int) size);
            if (data.length < size) {
                throw damaged(name, size + " bytes after the header for shape " + shapeOf(shape),
                        data.length + ": the file is cut off");
            }
            if (bytes.read() != -1) {
                throw damaged(name, size + " bytes after the header for shape " + shapeOf(shape), "more");
            }
            return new Idx(shape, data);
        } catch (ZipException e) {
            throw damaged(name, "gzipped data", "damaged data (" + e.getMessage() + ")");
        } catch (EOFException e) {
            throw damaged(name, "a complete file", "one that is cut off (" + e.getMessage() + ")");
        }
    }

    private static int[] readShape(InputStream in, String name, int rank) throws IOException {
        byte[] magic = in.readNBytes(4);
        if (magic.length < 4 || magic[0] != 0 || magic[1] != 0) {
            throw damaged(name, "an IDX file, which begins with 00 00 08 0" + rank, hex(magic));
        }
        if (magic[2] != UNSIGNED_BYTE) throw damaged(name, "unsigned bytes (type 08)", "type " + hex(magic[2]));
        if (magic[3] != rank) {
            throw damaged(name, rank + " dimension(s), as files of " + (rank == 1 ? "labels" : "images") + " have",
                    magic[3] + "; were images and labels swapped?");
        }
        byte[] sizes = in.readNBytes(4 * rank);
        if (sizes.length < 4 * rank) throw damaged(name, "a header of " + (4 + 4 * rank) + " bytes", "fewer");
        var shape = new int[rank];
        ByteBuffer.wrap(sizes).asIntBuffer().get(shape);
        if (Arrays.stream(shape).anyMatch(size -> size < 1)) {
            throw damaged(name, "positive sizes", shapeOf(shape));
        }
        return shape;
    }

    private static IllegalArgumentException damaged(String name, String expected, String received) {
        return new IllegalArgumentException(name + ": expected " + expected + ". Received " + received
                + ". Delete the file and get it again.");
    }

    private static String shapeOf(int[] shape) {
        return Shapes.toString(Arrays.stream(shape).asLongStream().toArray());
    }

    private static String hex(byte... bytes) { return HexFormat.ofDelimiter(" ").formatHex(bytes); }
}
