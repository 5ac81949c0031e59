package dev.merapi.io;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Saves and loads tensors in safetensors files, as Hugging Face does.
 *
 * <pre>{@code
 * Safetensors.save(model, Path.of("model.safetensors"));
 * Safetensors.load(model, Path.of("model.safetensors"));
 * Tensor w = SafetensorsFile.open(path).tensor("encoder.weight");
 * }</pre>
 */
public final class Safetensors {
    private static final ObjectMapper JSON = new ObjectMapper();

    static final String METADATA = "__metadata__";

    private Safetensors() {}

    /** Saves all parameters and states of a layer, one used twice under its first name; see {@link #write}. */
    public static void save(Layer layer, Path path) { save(layer, path, Map.of()); }

    /**
     * Saves all parameters and states of a layer with free text beside them, such as {@link Provenance}'s, and what was
     * {@linkplain dev.merapi.nn.Change changed} in it.
     */
    public static void save(Layer layer, Path path, Map<String, String> metadata) {
        write(path, LayerLoader.distinct(layer), Changes.with(metadata, layer));
    }

    /**
     * Loads a layer's parameters and states from a file, or from the shards of a {@code .safetensors.index.json}. Types
     * are converted, devices kept.
     *
     * @throws IllegalArgumentException listing every name that is missing, left over, or of another shape; nothing is
     *     changed then
     */
    public static void load(Layer layer, Path path) { Weights.open(path).loadInto(layer); }

    /**
     * Writes tensors atomically: an existing file is replaced only when the new one is complete. Tensors are written
     * one by one, widest type first as the format advises for alignment.
     *
     * @throws java.io.UncheckedIOException if the file cannot be written, such as for a full disk
     */
    public static void write(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) {
        AtomicFiles.write(path, writer(tensors, metadata));
    }

    /** As {@link #write}, each tensor being made when it is its turn, in the order of {@link #ordered}. */
    public static void stream(Path path, Map<String, LazyTensor> tensors, Map<String, String> metadata) {
        AtomicFiles.write(path, streamer(tensors, metadata));
    }

    /** Tensors in the order of a file: for those who help another process to make them. */
    public static List<LazyTensor> ordered(Map<String, LazyTensor> tensors) {
        return sorted(tensors).stream().map(Map.Entry::getValue).toList();
    }

    private static List<Map.Entry<String, LazyTensor>> sorted(Map<String, LazyTensor> tensors) {
        return tensors.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<String, LazyTensor> e) -> -e.getValue().dtype().bytes())
                        .thenComparing(Map.Entry::getKey)).toList();
    }

    /** A safetensors file, to be written as one of {@link AtomicFiles#writeAll several}. */
    static AtomicFiles.Writer writer(Map<String, Tensor> tensors, Map<String, String> metadata) {
        var there = new LinkedHashMap<String, LazyTensor>();
        tensors.forEach((name, tensor) -> there.put(name, LazyTensor.of(tensor)));
        return streamer(there, metadata);
    }

    private static AtomicFiles.Writer streamer(Map<String, LazyTensor> tensors, Map<String, String> metadata) {
        if (tensors.containsKey(METADATA)) {
            throw new IllegalArgumentException("Safetensors.write: the format keeps the name " + METADATA
                    + " for itself. Rename that tensor.");
        }
        var ordered = sorted(tensors);
        ObjectNode header = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            var node = header.putObject(METADATA);
            new TreeMap<>(metadata).forEach(node::put);
        }
        long offset = 0;
        for (var entry : ordered) {
            var tensor = entry.getValue();
            long end = offset + Arrays.stream(tensor.shape()).reduce(tensor.dtype().bytes(), (a, b) -> a * b);
            var node = header.putObject(entry.getKey());
            node.put("dtype", tensor.dtype().fileName());
            var shape = node.putArray("shape");
            for (long size : tensor.shape()) shape.add(size);
            node.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        return channel -> {
            writeHeader(channel, header);
            for (var entry : ordered) {
                try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                    writeData(channel, entry.getValue().values().get());
                }
            }
        };
    }

    private static void writeHeader(FileChannel channel, ObjectNode header) throws IOException {
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + 7) / 8 * 8;
        var buffer = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(padded).put(json);
        while (buffer.hasRemaining()) buffer.put((byte) ' ');
        AtomicFiles.drain(buffer.flip(), channel);
    }

    private static void writeData(FileChannel channel, Tensor tensor) throws IOException {
        var segment = tensor.detach().to(Device.CPU).contiguous().segment();
        for (long from = 0; from < segment.byteSize(); from += 1 << 30) { // a ByteBuffer holds 2 GiB at most
            long length = Math.min(1 << 30, segment.byteSize() - from);
            AtomicFiles.drain(segment.asSlice(from, length).asByteBuffer(), channel);
        }
    }
}
