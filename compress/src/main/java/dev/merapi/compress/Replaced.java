package dev.merapi.compress;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Param;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * Which layers of a model others were put in the place of, and which could not be.
 *
 * @param changed names of those that are others now
 * @param left names of layers with weights (a table of them, not one for each channel) that stay as they are, with
 *     their class
 */
public record Replaced(List<String> changed, Map<String, String> left) {
    public Replaced {
        changed = List.copyOf(changed);
        left = new LinkedHashMap<>(left);
    }

    /**
     * Replaces layers as {@link Layer#replaceAndFree} does, and says what was left.
     *
     * @param by gives another layer, or the layer itself to leave it
     */
    public static Replaced in(Layer model, BiFunction<String, Layer, Layer> by) {
        var changed = new ArrayList<String>();
        model.replaceAndFree((path, layer) -> {
            Layer now = by.apply(path, layer);
            if (now != layer) changed.add(path);
            return now;
        });
        var left = new LinkedHashMap<String, String>();
        model.layers().forEach((path, layer) -> {
            boolean within = changed.stream().anyMatch(c -> path.equals(c) || path.startsWith(c + "."));
            if (!within && hasTable(layer)) left.put(path, layer.getClass().getSimpleName());
        });
        return new Replaced(changed, left);
    }

    /** Whether a layer has weights of two axes and more of its own, not within another layer. */
    private static boolean hasTable(Layer layer) {
        var within = layer.layers();
        within.remove("");
        return layer.params().entrySet().stream().anyMatch(entry -> isTable(entry.getValue())
                && within.keySet().stream().noneMatch(path -> entry.getKey().startsWith(path + ".")));
    }

    private static boolean isTable(Param param) { return param.rank() > 1; }

    /** How many were changed, and how many left, by class with the first names. */
    @Override public String toString() {
        String changes = changed.size() + (changed.size() == 1 ? " layer" : " layers") + " changed";
        if (left.isEmpty()) return changes;
        var byClass = new TreeMap<String, List<String>>();
        left.forEach((path, type) -> byClass.computeIfAbsent(type, _ -> new ArrayList<>())
                .add(path.isEmpty() ? "the model" : path));
        return changes + "; left as they are: " + byClass.entrySet().stream()
                .map(e -> e.getValue().size() + " " + e.getKey() + " (" + e.getValue().stream().limit(3)
                        .collect(Collectors.joining(", ")) + (e.getValue().size() > 3 ? ", …)" : ")"))
                .collect(Collectors.joining(", "));
    }
}
