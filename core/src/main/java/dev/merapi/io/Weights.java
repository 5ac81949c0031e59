package dev.merapi.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Saved tensors by name: one safetensors file, or the shards that an index file names. */
public final class Weights {
    static final String INDEX = "model.safetensors.index.json";

    private final Path path;
    private final Map<String, SafetensorsFile> fileOf;

    private Weights(Path path, Map<String, SafetensorsFile> fileOf) {
        this.path = path;
        this.fileOf = fileOf;
    }

    /**
     * Opens a safetensors file, an index of shards ({@code .json}), or the one of them that lies in a model folder.
     *
     * @throws UncheckedIOException if a file cannot be read
     * @throws IllegalArgumentException if a file is not complete, or a shard lacks a tensor that the index promises
     */
    public static Weights open(Path path) {
        if (Files.isDirectory(path)) {
            Path index = path.resolve(INDEX);
            return open(Files.exists(index) ? index : path.resolve("model.safetensors"));
        }
        var fileOf = new LinkedHashMap<String, SafetensorsFile>();
        if (path.toString().endsWith(".json")) {
            openShards(path, fileOf);
        } else {
            var file = SafetensorsFile.open(path);
            file.names().forEach(name -> fileOf.put(name, file));
        }
        return new Weights(path, fileOf);
    }

    private static void openShards(Path index, Map<String, SafetensorsFile> fileOf) {
        JsonNode map;
        try {
            map = new ObjectMapper().readTree(index.toFile()).path("weight_map");
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read " + index + ": " + e.getMessage(), e);
        }
        if (!map.isObject() || map.isEmpty()) {
            throw new IllegalArgumentException(index + ": expected a weight_map from tensors to files. Received "
                    + map);
        }
        var shards = new HashMap<String, SafetensorsFile>();
        map.properties().forEach(entry -> {
            String shard = entry.getValue().asText();
            var file = shards.computeIfAbsent(shard, s -> SafetensorsFile.open(index.resolveSibling(s)));
            if (!file.names().contains(entry.getKey())) {
                throw new IllegalArgumentException(index + ": expected " + entry.getKey() + " in " + shard
                        + ". It is not there.");
            }
            fileOf.put(entry.getKey(), file);
        });
    }

    /** Names of all tensors. */
    public Set<String> names() { return Collections.unmodifiableSet(fileOf.keySet()); }

    /** A tensor as a view of its file, in the innermost scope. */
    public Tensor tensor(String name) {
        var file = fileOf.get(name);
        if (file == null) {
            throw new IllegalArgumentException(path + ": there is no tensor " + name + nearest(name, names()));
        }
        return file.tensor(name);
    }

    /**
     * Copies every tensor into the layer's of the same name; types are converted, devices kept.
     *
     * @throws IllegalArgumentException listing every name that is missing, left over, or of another shape; nothing is
     *     changed then
     */
    public void loadInto(Layer layer) {
        var mismatch = compare(layer);
        if (!mismatch.isEmpty()) throw new IllegalArgumentException(mismatch.describe(path, layer));
        copy(layer.tensors());
    }

    /** Copies the tensors that fit, and returns the rest. */
    public Mismatch loadMatching(Layer layer) {
        var mismatch = compare(layer);
        var fitting = new LinkedHashMap<>(layer.tensors());
        fitting.keySet().removeAll(mismatch.missing);
        fitting.keySet().removeAll(mismatch.otherShape.keySet());
        copy(fitting);
        return mismatch;
    }

    private void copy(Map<String, Tensor> targets) {
        try (var _ = Torch.noGrad()) {
            targets.forEach((name, target) -> {
                try (var _ = Scope.open()) {
                    target.copy_(tensor(name));
                }
            });
        }
    }

    private Mismatch compare(Layer layer) {
        var expected = layer.tensors();
        var missing = new ArrayList<String>();
        var otherShape = new LinkedHashMap<String, String>();
        expected.forEach((name, tensor) -> {
            var file = fileOf.get(name);
            if (file == null) {
                missing.add(name);
            } else if (!Arrays.equals(file.shape(name), tensor.shape())) {
                otherShape.put(name, "expected " + Shapes.toString(tensor.shape()) + ", received "
                        + Shapes.toString(file.shape(name)));
            }
        });
        var unexpected = names().stream().filter(name -> !expected.containsKey(name)).toList();
        return new Mismatch(missing, unexpected, otherShape);
    }

    /**
     * Where a file and a layer differ.
     *
     * @param missing names of the layer that the file lacks
     * @param unexpected names of the file that the layer lacks
     * @param otherShape both shapes, for names whose shapes differ
     */
    public record Mismatch(List<String> missing, List<String> unexpected, Map<String, String> otherShape) {
        public boolean isEmpty() { return missing.isEmpty() && unexpected.isEmpty() && otherShape.isEmpty(); }

        private String describe(Path path, Layer layer) {
            var text = new StringBuilder(path + " does not fit " + layer.getClass().getSimpleName() + ":");
            missing.forEach(name -> text.append("\n  missing    " + name + nearest(name, unexpected)));
            unexpected.forEach(name -> text.append("\n  unexpected " + name + nearest(name, missing)));
            otherShape.forEach((name, shapes) -> text.append("\n  shape      " + name + ": " + shapes));
            return text.append("\nBuild the model with the settings it was saved with, or take what fits by"
                    + " Weights.loadMatching.").toString();
        }
    }

    private static String nearest(String name, Collection<String> candidates) {
        return candidates.isEmpty() ? "" : " (nearest: " + Nearest.to(name, candidates) + ")";
    }
}
