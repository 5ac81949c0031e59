package dev.merapi.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.nn.Change;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The {@linkplain Change changes} of a model's layers in the metadata of a file of its weights: under the key
 * {@code changes} a JSON object of lists by the layers' names.
 */
public final class Changes {
    private static final String KEY = "changes";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<LinkedHashMap<String, List<Change>>> TYPE = new TypeReference<>() {};

    private Changes() {}

    /** The metadata, and what was changed in a model if anything was. Of a changed layer nothing within is told. */
    public static Map<String, String> with(Map<String, String> metadata, Layer model) {
        var changes = of(model);
        var all = new LinkedHashMap<>(metadata);
        all.remove(KEY);
        if (!changes.isEmpty()) all.put(KEY, line(changes));
        return all;
    }

    private static Map<String, List<Change>> of(Layer model) {
        var changes = new LinkedHashMap<String, List<Change>>();
        model.layers().forEach((path, layer) -> {
            boolean within = changes.keySet().stream().anyMatch(p -> !p.isEmpty() && path.startsWith(p + "."));
            if (!layer.changes().isEmpty() && !within) changes.put(path, layer.changes());
        });
        return changes;
    }

    private static String line(Map<String, List<Change>> changes) {
        try {
            return JSON.writeValueAsString(changes);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Change.settings: expected texts, numbers, lists and maps. Received "
                    + changes + ": " + e.getOriginalMessage(), e);
        }
    }

    /** What was changed in the model whose weights bear this metadata, as it says it; empty for nothing. */
    public static String in(Map<String, String> metadata) { return metadata.getOrDefault(KEY, ""); }

    /** Whether weights are those of a changed model. */
    static boolean isIn(Map<String, String> metadata) { return metadata.containsKey(KEY); }

    /**
     * Changes a model as the one was whose weights bear this metadata. What was changed so before stays as it is.
     *
     * @throws IllegalArgumentException if it has not the layers that were changed, or was changed otherwise
     */
    static void make(Layer model, Map<String, String> metadata, String where) {
        var changes = read(metadata.getOrDefault(KEY, "{}"), where);
        changes.keySet().removeIf(path -> changes.get(path).equals(layer(model, path, where).changes()));
        try {
            if (changes.containsKey("")) made(model, changes.remove(""), "the model");
            model.replaceAndFree((path, layer) ->
                    changes.containsKey(path) ? made(layer, changes.get(path), path) : layer);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
        }
    }

    private static Layer layer(Layer model, String path, String where) {
        var layer = model.layers().get(path);
        Expect.that(layer != null, where, "a model with the layer " + path + ", which was changed before it was saved",
                "a " + model.getClass().getSimpleName() + " without one");
        return layer;
    }

    private static Layer made(Layer layer, List<Change> changes, String path) {
        int done = layer.changes().size();
        Expect.that(done <= changes.size() && layer.changes().equals(changes.subList(0, done)), path,
                "a layer as it was built", "one with the changes " + layer.changes());
        Layer now = layer;
        for (Change change : changes.subList(done, changes.size())) now = change.make(now);
        return now;
    }

    private static Map<String, List<Change>> read(String json, String where) {
        try {
            return JSON.readValue(json, TYPE);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(where + ": expected as metadata " + KEY + " lists of {kind, settings} by"
                    + " layer. Received " + json.substring(0, Math.min(100, json.length())) + ": "
                    + e.getOriginalMessage(), e);
        }
    }
}
