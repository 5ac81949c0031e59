package dev.merapi.text.model.bert;

import dev.merapi.nn.Layer;
import dev.merapi.optim.ParamGroup;
import dev.merapi.tensor.Param;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Layer-wise decay of the learning rate, from the head to the embeddings: keeps what the lower layers learnt (Howard
 * and Ruder 2018, arXiv:1801.06146, section 3.2).
 *
 * <pre>{@code
 * trainer.optimizer(m -> new AdamW(LayerDecay.groups(m, 0.9), 5e-5));
 * }</pre>
 */
public final class LayerDecay {
    private static final Pattern LAYER = Pattern.compile("(?:^|\\.)layer\\.(\\d+)\\.");

    private LayerDecay() {}

    /**
     * Groups for an encoder or a model with a head: the head trains at the full rate, each layer below at
     * {@code factor} times that of the one above, the embeddings lowest. Vectors, such as biases and norms, have no
     * weight decay.
     */
    public static List<ParamGroup> groups(Layer model, double factor) {
        if (!(factor > 0 && factor <= 1)) {
            throw new IllegalArgumentException("LayerDecay.groups: expected a factor above 0, up to 1. Received "
                    + factor);
        }
        var byDepth = new TreeMap<Integer, Map<String, Param>>(); // embeddings 0, layers from 1, head last
        model.params().forEach((name, param) ->
                byDepth.computeIfAbsent(depth(name), _ -> new LinkedHashMap<>()).put(name, param));
        int layers = byDepth.headMap(Integer.MAX_VALUE).lastKey();
        var groups = new ArrayList<ParamGroup>();
        byDepth.forEach((depth, params) -> {
            double rate = Math.pow(factor, layers + 1 - Math.min(depth, layers + 1));
            groups.add(new ParamGroup(where(params, true), rate, 1));
            groups.add(new ParamGroup(where(params, false), rate, 0));
        });
        groups.removeIf(group -> group.params().isEmpty());
        return groups;
    }

    private static int depth(String name) {
        var layer = LAYER.matcher(name);
        if (layer.find()) return 1 + Integer.parseInt(layer.group(1));
        return name.contains("embeddings.") ? 0 : Integer.MAX_VALUE;
    }

    private static Map<String, Param> where(Map<String, Param> params, boolean matrices) {
        var some = new LinkedHashMap<>(params);
        some.values().removeIf(p -> p.rank() > 1 != matrices);
        return some;
    }
}
