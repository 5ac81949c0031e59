package dev.merapi.text.convert;

import dev.merapi.io.FileErrors;
import dev.merapi.io.Nearest;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A checkpoint of TensorFlow: {@code <prefix>.index} and {@code <prefix>.data-00000-of-00001}, or more of them. Tensors
 * are read when they are asked for, and checked then.
 *
 * <pre>{@code
 * var checkpoint = TensorFlowCheckpoint.open(Path.of("bert_model.ckpt"));
 * Tensor words = checkpoint.tensor("bert/embeddings/word_embeddings");
 * }</pre>
 */
public final class TensorFlowCheckpoint {
    private static final String INDEX = ".index";

    private final Path prefix;
    private final int shards;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<Integer, MemorySegment> data = new LinkedHashMap<>();

    /** TensorFlow's {@code BundleEntryProto}. */
    private record Entry(int type, long[] shape, int shard, long offset, long size, int checksum, boolean sliced) {}

    private TensorFlowCheckpoint(Path prefix) {
        this.prefix = prefix;
        Path index = Path.of(prefix + INDEX);
        var table = SortedTable.read(index);
        try {
            var header = new Message(table.getOrDefault("", MemorySegment.ofArray(new byte[0])));
            if (header.number(2) != 0) throw new IllegalArgumentException("its numbers are big-endian");
            shards = Math.toIntExact(header.number(1));
            table.forEach((name, bytes) -> {
                if (!name.isEmpty()) entries.put(name, entry(new Message(bytes)));
            });
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(index + ": not an index of a TensorFlow checkpoint: " + e.getMessage()
                    + ".", e);
        }
        entries.forEach(this::checkInside);
    }

    private static Entry entry(Message m) {
        long[] shape = m.message(2).messages(2).stream().mapToLong(dim -> dim.number(1)).toArray();
        return new Entry((int) m.number(1), shape, (int) m.number(3), m.number(4), m.number(5), (int) m.number(6),
                m.has(7));
    }

    /**
     * Opens a checkpoint.
     *
     * @param path the files' common beginning, such as {@code bert_model.ckpt}; the {@code .index} file; or a folder
     *     with one checkpoint, such as a SavedModel or its {@code variables}
     * @throws java.io.UncheckedIOException if a file cannot be read
     * @throws IllegalArgumentException if a file is not complete, saying what is wrong
     */
    public static TensorFlowCheckpoint open(Path path) {
        if (Files.isDirectory(path)) {
            Path variables = path.resolve("variables");
            return open(Files.isDirectory(variables) ? indexIn(variables) : indexIn(path));
        }
        String name = path.toString();
        return new TensorFlowCheckpoint(name.endsWith(INDEX)
                ? Path.of(name.substring(0, name.length() - INDEX.length())) : path);
    }

    private static Path indexIn(Path folder) {
        var found = new ArrayList<Path>();
        try (var files = Files.newDirectoryStream(folder, "*" + INDEX)) {
            files.forEach(found::add);
        } catch (IOException e) {
            throw FileErrors.reading(folder, e);
        }
        if (found.size() == 1) return found.getFirst();
        throw new IllegalArgumentException(folder + ": expected one checkpoint's .index file. Received " + found.size()
                + (found.isEmpty() ? "" : ": " + found + "; name one of them"));
    }

    /** The files' common beginning. */
    public Path prefix() { return prefix; }

    /** Names of all tensors, sorted. */
    public Set<String> names() { return Collections.unmodifiableSet(entries.keySet()); }

    /** The shape of a variable, which is not read for it. */
    public long[] shape(String name) { return find(name).shape.clone(); }

    /**
     * A copy of a tensor, in the innermost scope.
     *
     * @throws IllegalArgumentException if there is none of this name, it is not of numbers, or its data is damaged
     */
    public Tensor tensor(String name) {
        Entry e = find(name);
        var bytes = shard(e.shard).asSlice(e.offset, e.size);
        if (SortedTable.checksum(bytes) != e.checksum) {
            throw new IllegalArgumentException(file(e.shard) + ": the checksum of " + name
                    + " is wrong: the file is damaged.");
        }
        return MappedFile.tensor(bytes, type(name, e), e.shape);
    }

    private DType type(String name, Entry e) {
        DType type = switch (e.type) {
            case 1 -> DType.FLOAT32;
            case 2 -> DType.FLOAT64;
            case 3 -> DType.INT32;
            case 4 -> DType.UINT8;
            case 9 -> DType.INT64;
            case 10 -> DType.BOOL;
            case 14 -> DType.BFLOAT16;
            case 19 -> DType.FLOAT16;
            default -> null;
        };
        if (type == null || e.sliced || e.size != Shapes.numel(e.shape) * type.bytes()) {
            throw new IllegalArgumentException(prefix + INDEX + ": " + name + ": expected numbers in one piece."
                    + " Received TensorFlow's type " + e.type + " of shape " + Shapes.toString(e.shape) + " in "
                    + e.size + " bytes" + (e.sliced ? ", sliced" : ""));
        }
        return type;
    }

    private void checkInside(String name, Entry e) {
        long size = shard(e.shard).byteSize();
        if (e.offset >= 0 && e.size >= 0 && e.offset <= size - e.size) return;
        throw new IllegalArgumentException(file(e.shard) + ": expected " + name + " at " + e.offset + " with " + e.size
                + " bytes. Received a file of " + size + "; it may be cut short.");
    }

    private MemorySegment shard(int i) { return data.computeIfAbsent(i, _ -> MappedFile.open(file(i))); }

    private Path file(int shard) { return Path.of(prefix + ".data-%05d-of-%05d".formatted(shard, shards)); }

    private Entry find(String name) {
        Entry found = entries.get(name);
        if (found != null) return found;
        throw new IllegalArgumentException(prefix + ": there is no tensor " + name
                + (entries.isEmpty() ? "; it holds none." : ". The nearest is " + Nearest.to(name, entries.keySet())
                + "."));
    }

    /** All tensors by name, copied; for {@link dev.merapi.io.Weights#of}. */
    public Map<String, Tensor> tensors() {
        var tensors = new LinkedHashMap<String, Tensor>();
        names().forEach(name -> tensors.put(name, tensor(name)));
        return tensors;
    }

}
