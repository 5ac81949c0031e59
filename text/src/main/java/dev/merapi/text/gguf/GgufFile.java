package dev.merapi.text.gguf;

import dev.merapi.io.FileErrors;
import dev.merapi.io.LazyTensor;
import dev.merapi.io.Nearest;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A GGUF file of version 2 or 3, mapped into memory: what it says of itself, and tensors, which are read when they are
 * asked for.
 *
 * <pre>{@code
 * var file = GgufFile.open(Path.of("smollm2-q8_0.gguf"));
 * IO.println(file.metadata().get("general.architecture"));
 * Tensor words = file.tensor("token_embd.weight");               // float32, whatever the file keeps
 * }</pre>
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format</a>
 */
public final class GgufFile {
    static final int MAGIC = 0x46554747; // "GGUF"
    static final int ALIGNMENT = 32; // unless the file says otherwise
    private static final int MOST_TENSORS = 1_000_000;
    private static final int MOST_SIZES = 4; // ggml's

    private final Path path;
    private final Map<String, Object> metadata = new LinkedHashMap<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final MemorySegment data; // what follows the header

    /**
     * What the header says of a tensor.
     *
     * @param type null if it is not read here
     * @param shape in the order of libtorch, the fastest axis last
     */
    private record Entry(int typeId, GgmlType type, long[] shape, long offset) {}

    private GgufFile(Path path, MemorySegment bytes) {
        this.path = path;
        var in = new GgufReader(path, bytes);
        if (bytes.byteSize() < 24 || in.int32() != MAGIC) throw in.corrupt("it does not begin with GGUF");
        int version = in.int32();
        if (version != 2 && version != 3) throw in.corrupt("expected version 2 or 3, received " + version);
        long tensors = in.count(MOST_TENSORS, "tensors"), keys = in.count(MOST_TENSORS, "settings");
        for (long i = 0; i < keys; i++) metadata.put(in.text(), in.value(in.int32(), 0));
        for (long i = 0; i < tensors; i++) {
            String name = in.text();
            if (entries.put(name, entry(in)) != null) throw in.corrupt("the tensor " + name + " is there twice");
        }
        long alignment = metadata.get("general.alignment") instanceof Number n ? n.longValue() : ALIGNMENT;
        if (alignment < 1 || Long.bitCount(alignment) != 1) throw in.corrupt("general.alignment is " + alignment);
        long begin = (in.position() + alignment - 1) / alignment * alignment;
        if (begin > bytes.byteSize() && tensors > 0) throw in.corrupt("it ends before the tensors");
        data = bytes.asSlice(Math.min(begin, bytes.byteSize()));
        entries.forEach((name, entry) -> check(in, name, entry));
    }

    /**
     * Opens a file and checks its header against its size.
     *
     * @throws java.io.UncheckedIOException if it cannot be read
     * @throws IllegalArgumentException if it is not a complete GGUF file, saying what is wrong
     */
    public static GgufFile open(Path path) {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return new GgufFile(path, channel.map(MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()));
        } catch (IOException e) {
            throw FileErrors.reading(path, e);
        }
    }

    private static Entry entry(GgufReader in) {
        int rank = in.int32();
        if (rank < 0 || rank > MOST_SIZES) throw in.corrupt("a tensor has " + rank + " axes");
        var shape = new long[rank];
        for (int i = rank - 1; i >= 0; i--) shape[i] = in.count(Integer.MAX_VALUE, "numbers in a row");
        int type = in.int32();
        return new Entry(type, GgmlType.of(type), shape, in.int64());
    }

    private void check(GgufReader in, String name, Entry entry) {
        if (entry.type == null) return; // said when it is asked for
        long row = entry.shape.length == 0 ? 1 : entry.shape[entry.shape.length - 1];
        if (row % entry.type.block != 0) {
            throw in.corrupt(name + ": expected rows of whole blocks of " + entry.type.block + " numbers, received "
                    + row);
        }
        long numbers;
        try {
            numbers = Math.multiplyExact(Shapes.numel(entry.shape), 4L); // overflows where bytes might
        } catch (ArithmeticException e) {
            throw in.corrupt(name + ": shape " + Shapes.toString(entry.shape) + " is too large");
        }
        long bytes = entry.type.bytes(numbers / 4);
        if (entry.offset >= 0 && bytes <= data.byteSize() && entry.offset <= data.byteSize() - bytes) return;
        throw in.corrupt(name + ": expected " + bytes + " bytes at " + entry.offset + " of the tensors' "
                + data.byteSize() + "; the file may be cut short");
    }

    /** The file. */
    public Path path() { return path; }

    /** What the file says: texts, whole numbers, numbers, booleans, and lists or arrays of them. */
    public Map<String, Object> metadata() { return Collections.unmodifiableMap(metadata); }

    /** Names of the tensors, as llama.cpp has them. */
    public Set<String> names() { return Collections.unmodifiableSet(entries.keySet()); }

    /** The shape of a tensor, which is not read for it. */
    public long[] shape(String name) { return find(name).shape.clone(); }

    /** How a tensor's numbers are kept. */
    public GgmlType type(String name) { return known(name).type; }

    /**
     * A tensor's numbers, as float32, in the innermost scope; on the CPU.
     *
     * @throws IllegalArgumentException if there is none of this name, or it is kept in a way that is not read here
     */
    public Tensor tensor(String name) {
        var entry = known(name);
        var tensor = Tensor.empty(Device.CPU, DType.FLOAT32, entry.shape);
        decode(entry, tensor);
        return tensor;
    }

    /** Its first numbers (count), or all if they are fewer. */
    private Tensor first(String name, long count) {
        var entry = known(name);
        var tensor = Tensor.empty(Device.CPU, DType.FLOAT32, Math.min(count, Shapes.numel(entry.shape)));
        decode(entry, tensor);
        return tensor;
    }

    /** As many as the tensor holds. */
    private void decode(Entry entry, Tensor tensor) {
        long numbers = tensor.numel();
        if (numbers == 0) return;
        var target = tensor.segment();
        int piece = Math.max(1, 4096 / entry.type.block) * entry.type.block;
        var values = new float[piece];
        for (long at = 0; at < numbers; at += piece) {
            int now = (int) Math.min(piece, numbers - at);
            long from = entry.offset + entry.type.bytes(at);
            for (int i = 0; i < now; i += entry.type.block) {
                entry.type.decode(data, from + entry.type.bytes(i), values, i);
            }
            MemorySegment.copy(values, 0, target, ValueLayout.JAVA_FLOAT, at * Float.BYTES, now);
        }
    }

    /** The same, read when it is used. */
    LazyTensor lazy(String name) {
        return new LazyTensor(DType.FLOAT32, shape(name), () -> tensor(name), count -> first(name, count));
    }

    private Entry known(String name) {
        var entry = find(name);
        if (entry.type != null) return entry;
        throw new IllegalArgumentException(path + ": " + name + " is kept as ggml's type " + entry.typeId
                + ", expected one of " + List.of(GgmlType.values()) + ". Convert the file, say to Q8_0 or Q4_K.");
    }

    private Entry find(String name) {
        var entry = entries.get(name);
        if (entry != null) return entry;
        throw new IllegalArgumentException(path + ": there is no tensor " + name
                + (entries.isEmpty() ? "; it holds none." : ". The nearest is " + Nearest.to(name, entries.keySet())
                + "."));
    }
}
