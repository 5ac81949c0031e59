package dev.merapi.io;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Tensors in several safetensors files, and the index that says which is where.
 *
 * @param fileOf the file of each tensor
 * @param metadata what the index says about them
 */
record Shards(Map<String, SafetensorsFile> fileOf, Map<String, String> metadata) {
    static final String WHOLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";
    private static final String ANY_SHARD = "model(-\\d+)?-\\d{5}-of-\\d{5}\\.safetensors";
    private static final ObjectMapper JSON = new ObjectMapper();

    static Shards open(Path index) {
        var root = JsonFile.object(index);
        if (!root.path("weight_map").isObject() || root.path("weight_map").isEmpty()) {
            throw new IllegalArgumentException(index + ": expected a weight_map from tensors to files. Received "
                    + root.path("weight_map"));
        }
        var files = new HashMap<String, SafetensorsFile>();
        var fileOf = new LinkedHashMap<String, SafetensorsFile>();
        root.path("weight_map").properties().forEach(entry -> {
            String name = entry.getValue().isTextual() ? entry.getValue().asText() : "";
            var file = files.computeIfAbsent(name, _ -> SafetensorsFile.open(beside(index, name)));
            if (!file.names().contains(entry.getKey())) {
                throw new IllegalArgumentException(index + ": expected " + entry.getKey() + " in " + name
                        + ". It is not there.");
            }
            fileOf.put(entry.getKey(), file);
        });
        var metadata = new TreeMap<String, String>();
        root.path("metadata").properties().forEach(m -> metadata.put(m.getKey(), m.getValue().asText()));
        return new Shards(fileOf, metadata);
    }

    /** A downloaded index must not lead out of its folder. */
    private static Path beside(Path index, String name) {
        try {
            if (!name.matches("(?s)\\.{0,2}|.*[/\\\\\\p{Cntrl}].*")) return index.resolveSibling(name);
        } catch (InvalidPathException e) {
            // letters that this system's names do not have
        }
        throw new IllegalArgumentException(index + ": expected the names of files beside it. Received \"" + name
                + "\"");
    }

    /** The files to write into a folder, the one that makes the others valid last. */
    static SequencedMap<Path, AtomicFiles.Writer> plan(Path folder, Map<String, Tensor> tensors,
            Map<String, String> metadata, long maxBytes) {
        var parts = split(tensors, maxBytes);
        var files = new LinkedHashMap<Path, AtomicFiles.Writer>();
        if (parts.size() == 1) {
            files.put(folder.resolve(WHOLE), Safetensors.writer(tensors, metadata));
            return files;
        }
        var names = freeNames(folder, parts.size());
        var weightMap = new TreeMap<String, String>();
        for (int i = 0; i < parts.size(); i++) {
            String name = names.get(i);
            files.put(folder.resolve(name), Safetensors.writer(parts.get(i), metadata));
            parts.get(i).keySet().forEach(tensor -> weightMap.put(tensor, name));
        }
        var index = JSON.createObjectNode();
        var about = index.putObject("metadata");
        new TreeMap<>(metadata).forEach(about::put);
        about.put("total_size", tensors.values().stream().mapToLong(Shards::bytes).sum());
        index.set("weight_map", JSON.valueToTree(weightMap));
        files.put(folder.resolve(INDEX), AtomicFiles.writer(index.toPrettyString() + "\n"));
        return files;
    }

    /** Deletes the weights of earlier saves in a folder: all but the files just written. */
    static void deleteOthers(Path folder, SequencedMap<Path, AtomicFiles.Writer> written) {
        try (var files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                boolean weights = name.equals(WHOLE) || name.equals(INDEX) || name.matches(ANY_SHARD);
                if (weights && !written.containsKey(folder.resolve(name))) Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Could not delete the weights of an earlier save in " + folder + ": "
                    + e.getMessage(), e);
        }
    }

    private static List<Map<String, Tensor>> split(Map<String, Tensor> tensors, long maxBytes) {
        var parts = new ArrayList<Map<String, Tensor>>();
        parts.add(new LinkedHashMap<>());
        long size = 0;
        for (var entry : tensors.entrySet()) {
            long bytes = bytes(entry.getValue());
            if (!parts.getLast().isEmpty() && size + bytes > maxBytes) {
                parts.add(new LinkedHashMap<>());
                size = 0;
            }
            parts.getLast().put(entry.getKey(), entry.getValue());
            size += bytes;
        }
        return parts;
    }

    /**
     * {@code model-00001-of-00002.safetensors}, …; {@code model-2-00001-…} and so on where an earlier save has those:
     * its index must stay true until the new one is in place.
     */
    private static List<String> freeNames(Path folder, int count) {
        for (int save = 1;; save++) {
            String stem = save == 1 ? "model" : "model-" + save;
            var names = IntStream.rangeClosed(1, count)
                    .mapToObj(i -> "%s-%05d-of-%05d.safetensors".formatted(stem, i, count)).toList();
            if (names.stream().noneMatch(name -> Files.exists(folder.resolve(name)))) return names;
        }
    }

    private static long bytes(Tensor tensor) { return tensor.numel() * tensor.dtype().bytes(); }
}
