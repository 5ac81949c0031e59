package dev.merapi.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A safetensors file, mapped into memory: a tensor is a view of the file, read when it is first used (a copy, where the
 * file is read-only). The mapping lives as long as any tensor of it, and needs no closing; writing to such a tensor
 * changes the process's copy, not the file. A file that is cut while it is mapped breaks the tensors in it: replace
 * files by moving, as {@link Safetensors} does.
 *
 * @see <a href="https://huggingface.co/docs/safetensors">the format</a>
 */
public final class SafetensorsFile {
    private static final int MAX_RANK = 64; // libtorch's
    private static final long MAX_HEADER = 100_000_000; // the format's own limit
    private static final ValueLayout.OfLong LENGTH =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final Map<String, DType> TYPES =
            Arrays.stream(DType.values()).collect(Collectors.toMap(DType::fileName, Function.identity()));

    private final Path path;
    private final MappedFile data; // what follows the header
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, String> metadata = new TreeMap<>();

    /**
     * What the header says of a tensor; offsets count from the end of the header.
     *
     * @param type null if it is not known here
     */
    private record Entry(String typeName, DType type, long[] shape, long from, long to) {}

    private SafetensorsFile(Path path, MappedFile file) {
        this.path = path;
        if (file.size() < 8) throw corrupt("expected at least 8 bytes. Received " + file.size());
        long length = file.source().get(LENGTH, 0);
        if (length < 2 || length > MAX_HEADER || length > file.size() - 8) {
            throw corrupt("the header should have " + Long.toUnsignedString(length) + " bytes, the file has "
                    + file.size());
        }
        this.data = file.from(8 + length);
        byte[] header = file.source().asSlice(8, length).toArray(ValueLayout.JAVA_BYTE);
        readHeader(new String(header, StandardCharsets.UTF_8));
    }

    /**
     * Opens a file and checks its header against its size.
     *
     * @throws UncheckedIOException if it cannot be read
     * @throws IllegalArgumentException if it is not a complete safetensors file, saying what is wrong
     */
    public static SafetensorsFile open(Path path) { return new SafetensorsFile(path, MappedFile.open(path)); }

    static SafetensorsFile openReadOnly(Path path) {
        return new SafetensorsFile(path, MappedFile.openReadOnly(path));
    }

    private void readHeader(String text) {
        try {
            JsonFile.members(text, this::readMember);
        } catch (JsonProcessingException e) {
            throw corrupt("the header is no JSON object: " + JsonErrors.reason(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // from a text in memory, there is none
        }
        checkLayout();
    }

    private void readMember(String name, JsonNode value) {
        if (!name.equals(Safetensors.METADATA)) {
            entries.put(name, entry(name, value));
            return;
        }
        if (!value.isObject()) throw corrupt("__metadata__ is not a JSON object");
        value.properties().forEach(m -> metadata.put(m.getKey(), m.getValue().asText()));
    }

    private Entry entry(String name, JsonNode node) {
        if (!node.path("dtype").isTextual()) throw corrupt(name + ": dtype is missing");
        String typeName = node.path("dtype").asText();
        var type = TYPES.get(typeName);
        var offsets = numbers(name, node.path("data_offsets"));
        var shape = numbers(name, node.path("shape"));
        if (offsets.length != 2 || offsets[0] > offsets[1] || offsets[1] > data.size()) {
            throw corrupt(name + ": expected data inside the " + data.size() + " bytes after the header. Received"
                    + " offsets " + Arrays.toString(offsets) + "; the file may be cut short");
        }
        if (shape.length > MAX_RANK) {
            throw corrupt(name + ": expected at most " + MAX_RANK + " dimensions. Received " + shape.length);
        }
        if (type == null) return new Entry(typeName, null, shape, offsets[0], offsets[1]); // said when it is asked for
        long bytes;
        try {
            bytes = Math.multiplyExact(Shapes.numel(shape), type.bytes());
        } catch (ArithmeticException e) {
            throw corrupt(name + ": shape " + Shapes.toString(shape) + " is too large");
        }
        if (bytes != offsets[1] - offsets[0]) {
            throw corrupt(name + ": expected " + bytes + " bytes for " + type + " " + Shapes.toString(shape)
                    + ". Received " + (offsets[1] - offsets[0]));
        }
        return new Entry(typeName, type, shape, offsets[0], offsets[1]);
    }

    private long[] numbers(String name, JsonNode array) {
        if (!array.isArray()) throw corrupt(name + ": shape or data_offsets is missing");
        var numbers = new long[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            JsonNode n = array.get(i);
            if (!n.isIntegralNumber() || !n.canConvertToLong() || n.asLong() < 0) {
                throw corrupt(name + ": expected natural numbers. Received " + array);
            }
            numbers[i] = n.asLong();
        }
        return numbers;
    }

    /** Tensors must fill the data without gaps or overlaps, as the format demands. */
    private void checkLayout() {
        long end = 0;
        var byOffset = entries.entrySet().stream()
                .sorted(Map.Entry.comparingByValue((a, b) -> a.from != b.from ? Long.compare(a.from, b.from)
                        : Long.compare(a.to, b.to))).toList();
        for (var e : byOffset) {
            if (e.getValue().from != end) {
                throw corrupt(e.getKey() + ": expected its data at " + end + ". Received " + e.getValue().from);
            }
            end = e.getValue().to;
        }
        if (end != data.size()) {
            throw corrupt("expected " + end + " bytes of data. Received " + data.size());
        }
    }

    private IllegalArgumentException corrupt(String what) {
        return new IllegalArgumentException(path + ": not a complete safetensors file: " + what + ".");
    }

    /** Names of the tensors, in the header's order. */
    public Set<String> names() { return Collections.unmodifiableSet(entries.keySet()); }

    /** The free text that was saved with the tensors. */
    public Map<String, String> metadata() { return Collections.unmodifiableMap(metadata); }

    /** @throws IllegalArgumentException if there is none of this name, or Merapi has no such type */
    public DType dtype(String name) { return known(name).type; }

    /** The shape of a tensor, which is not read for it. */
    public long[] shape(String name) { return find(name).shape.clone(); }

    /**
     * A tensor as a view of the file, in the innermost scope; on the CPU.
     *
     * @throws IllegalArgumentException if there is none of this name, with the nearest one, or Merapi has no such type
     */
    public Tensor tensor(String name) {
        Entry e = known(name);
        return data.tensor(e.from, e.type, e.shape);
    }

    /**
     * Writes a tensor's values into another, converted to its type. What was read leaves the process's memory again, so
     * that a model takes its own size while it is loaded, and not the file's too.
     */
    void copyTo(String name, Tensor target) {
        Entry e = known(name);
        data.copyTo(target, e.from, e.type, e.shape);
    }

    private Entry known(String name) {
        Entry e = find(name);
        if (e.type != null) return e;
        throw new IllegalArgumentException(path + ": " + name + " is of type " + e.typeName + ", expected one of "
                + Arrays.stream(DType.values()).map(DType::fileName).toList() + ".");
    }

    private Entry find(String name) {
        Entry found = entries.get(name);
        if (found != null) return found;
        throw new IllegalArgumentException(path + ": there is no tensor " + name
                + (entries.isEmpty() ? "; it holds none." : ". The nearest is " + Nearest.to(name, entries.keySet())
                + "."));
    }
}
