package dev.merapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/** Values and gradients that PyTorch computed: see {@code src/test/python/README.md}. */
public final class Goldens {
    private final byte[] bytes;
    private final JsonNode header;
    private final int dataStart;

    private Goldens(byte[] bytes) throws IOException {
        this.bytes = bytes;
        int length = Math.toIntExact(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong());
        this.dataStart = 8 + length;
        this.header = new ObjectMapper().readTree(bytes, 8, length);
    }

    /** Opens {@code /goldens/<name>.safetensors}. */
    public static Goldens open(String name) {
        try (var in = Goldens.class.getResourceAsStream("/goldens/" + name + ".safetensors")) {
            return new Goldens(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads {@code /goldens/<name>.json}. */
    public static JsonNode json(String name) {
        try (var in = Goldens.class.getResourceAsStream("/goldens/" + name + ".json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names before the slash. */
    public SortedSet<String> cases() {
        var cases = new TreeSet<String>();
        header.fieldNames().forEachRemaining(key -> {
            if (key.contains("/")) cases.add(key.substring(0, key.indexOf('/')));
        });
        return cases;
    }

    /** The program, or JSON, that stands for a case in the metadata. */
    public String program(String name) { return header.get("__metadata__").get(name).asText(); }

    public boolean has(String key) { return header.has(key); }

    /** A copy of the tensor {@code <case>/<part>} on the device in force, in the innermost scope. */
    public Tensor tensor(String key) {
        JsonNode entry = header.get(key);
        if (entry == null) throw new IllegalArgumentException("No golden " + key);
        var shape = StreamSupport.stream(entry.get("shape").spliterator(), false).mapToLong(JsonNode::asLong).toArray();
        var type = Arrays.stream(DType.values()).filter(t -> t.fileName().equals(entry.get("dtype").asText()))
                .findFirst().orElseThrow();
        int from = entry.get("data_offsets").get(0).asInt(), to = entry.get("data_offsets").get(1).asInt();
        var onCpu = Tensor.of(MemorySegment.ofArray(bytes).asSlice(dataStart + from, to - from), type, shape);
        return Torch.device().equals(Device.CPU) ? onCpu : onCpu.to(Torch.device());
    }

    /** All tensors {@code <prefix><name>} by name, such as {@code linear/param.} or {@code linear/in.}. */
    public Map<String, Tensor> tensors(String prefix) {
        var tensors = new LinkedHashMap<String, Tensor>();
        header.fieldNames().forEachRemaining(key -> {
            if (key.startsWith(prefix)) tensors.put(key.substring(prefix.length()), tensor(key));
        });
        return tensors;
    }

    /**
     * Fails, naming the worst element, unless |expected - actual| ≤ absolute + relative · |expected| everywhere. A GPU
     * adds up in other orders, and is allowed ten times as much.
     */
    public static void assertClose(Tensor expected, Tensor actual, double relative, double absolute, String what) {
        if (!Arrays.equals(expected.shape(), actual.shape())) {
            throw new AssertionError(what + ": expected shape " + Shapes.toString(expected.shape()) + " but was "
                    + Shapes.toString(actual.shape()));
        }
        double[] e = expected.toDoubles(), a = actual.toDoubles();
        double allowance = actual.device().equals(Device.CPU) ? 1 : 10;
        int worst = -1;
        double excess = 0;
        for (int i = 0; i < e.length; i++) {
            if (e[i] == a[i] || Double.isNaN(e[i]) && Double.isNaN(a[i])) continue;
            double over = Math.abs(e[i] - a[i]) / (absolute + relative * Math.abs(e[i])) / allowance;
            if (!(over <= Math.max(1, excess))) {
                worst = i;
                excess = over;
            }
        }
        if (worst >= 0) {
            throw new AssertionError(what + ": element " + worst + " of " + e.length + ": expected " + e[worst]
                    + " but was " + a[worst] + ", " + excess + " times the tolerance");
        }
    }
}
