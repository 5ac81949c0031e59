package dev.merapi.nn;

import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Prints a layer as PyTorch does: its class, the shapes of its tensors, its settings, and below what it contains. */
final class LayerFormat {
    private LayerFormat() {}

    static String format(Layer layer) {
        var own = new ArrayList<String>();
        var parts = new LinkedHashMap<String, String>();
        Fields.parts(layer).forEach((name, part) -> {
            if (part instanceof Tensor t) own.add(name + " " + (t.isClosed() ? "closed" : Shapes.toString(t.shape())));
            else parts.put(name, part.toString());
        });
        Fields.settings(layer).forEach((name, value) -> own.add(name + "=" + value));
        String head = layer.getClass().getSimpleName() + "(" + String.join(", ", own);
        return contain(head, layer instanceof Sequential sequential ? all(sequential) : parts);
    }

    /** Functions too, which have no state and so are no parts. */
    private static Map<String, String> all(Sequential sequential) {
        List<Unary> layers = sequential.layers;
        var all = new LinkedHashMap<String, String>();
        for (int i = 0; i < layers.size(); i++) {
            var layer = layers.get(i);
            all.put("" + i, layer instanceof Layer ? layer.toString() : Watches.typeOf(layer) + "()");
        }
        return all;
    }

    private static String contain(String head, Map<String, String> parts) {
        if (parts.isEmpty()) return head + ")";
        var text = new StringBuilder(head);
        parts.forEach((name, part) ->
                text.append("\n  (").append(name).append("): ").append(part.replace("\n", "\n  ")));
        return text.append("\n)").toString();
    }
}
