package dev.merapi.io;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model as a folder in Hugging Face's layout: {@code config.json}, and {@code model.safetensors} or, for large
 * models, shards with an index.
 *
 * <pre>{@code
 * ModelFolder.save(net, Map.of("hidden_size", 128), Path.of("net"));
 * var net = new Net((int) ModelFolder.config(Path.of("net")).get("hidden_size"));
 * Weights.open(Path.of("net")).loadInto(net);
 * }</pre>
 */
public final class ModelFolder {
    private static final long MAX_SHARD = 5_000_000_000L; // as Hugging Face's tools
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ModelFolder() {}

    /** Saves a model and its settings; each file is replaced only by a complete one, {@code config.json} last. */
    public static void save(Layer model, Map<String, ?> config, Path folder) {
        save(model, config, folder, MAX_SHARD);
    }

    /** As {@link #save(Layer, Map, Path)}, in shards of at most so many bytes where one file would be larger. */
    public static void save(Layer model, Map<String, ?> config, Path folder, long maxShardBytes) {
        var shards = shards(model.tensors(), maxShardBytes);
        if (shards.size() == 1) {
            Safetensors.write(folder.resolve("model.safetensors"), shards.getFirst(), Map.of("format", "pt"));
            delete(folder.resolve(Weights.INDEX)); // of an earlier, larger model: it would be read first
        } else {
            saveShards(shards, folder);
        }
        writeConfig(config, folder.resolve("config.json"));
    }

    private static void saveShards(List<Map<String, Tensor>> shards, Path folder) {
        var weightMap = new TreeMap<String, String>();
        long bytes = 0;
        for (int i = 0; i < shards.size(); i++) {
            String file = "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
            Safetensors.write(folder.resolve(file), shards.get(i), Map.of("format", "pt"));
            for (var entry : shards.get(i).entrySet()) {
                weightMap.put(entry.getKey(), file);
                bytes += bytes(entry.getValue());
            }
        }
        writeConfig(Map.of("metadata", Map.of("total_size", bytes), "weight_map", weightMap),
                folder.resolve(Weights.INDEX));
    }

    private static List<Map<String, Tensor>> shards(Map<String, Tensor> tensors, long maxBytes) {
        var shards = new ArrayList<Map<String, Tensor>>();
        var shard = new LinkedHashMap<String, Tensor>();
        shards.add(shard);
        long size = 0;
        for (var entry : tensors.entrySet()) {
            long bytes = bytes(entry.getValue());
            if (!shard.isEmpty() && size + bytes > maxBytes) {
                shards.add(shard = new LinkedHashMap<>());
                size = 0;
            }
            shard.put(entry.getKey(), entry.getValue());
            size += bytes;
        }
        return shards;
    }

    private static long bytes(Tensor tensor) { return tensor.numel() * tensor.dtype().bytes(); }

    /** Writes settings as JSON. */
    public static void writeConfig(Map<String, ?> config, Path file) {
        try {
            AtomicFiles.write(file, JSON.writeValueAsString(config) + "\n");
        } catch (IOException e) {
            throw new IllegalArgumentException(file + ": these settings are not JSON: " + e.getMessage(), e);
        }
    }

    /**
     * The settings of a saved model.
     *
     * @throws UncheckedIOException if {@code config.json} is missing or not JSON
     */
    public static Map<String, Object> config(Path folder) {
        Path file = folder.resolve("config.json");
        try {
            return JSON.readValue(Files.readString(file), new TypeReference<LinkedHashMap<String, Object>>() {});
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read " + file + ": " + e.getMessage(), e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not delete " + file + ": " + e.getMessage(), e);
        }
    }
}
