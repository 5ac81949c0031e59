package dev.merapi.compress.prune;

import dev.merapi.nn.Embedding;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** The parameters that single weights are pruned from: tables of two axes and more, but for embeddings'. */
final class WeightTables {
    private WeightTables() {}

    /**
     * By name.
     *
     * @throws IllegalArgumentException if no name is chosen
     */
    static Map<String, Param> of(Layer model, Predicate<String> names) {
        var layers = model.layers();
        var tables = new LinkedHashMap<String, Param>();
        model.params().forEach((name, param) -> {
            Layer owner = layers.get(name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : "");
            if (param.rank() > 1 && !(owner instanceof Embedding) && names.test(name)) tables.put(name, param);
        });
        Expect.that(!tables.isEmpty(), "Pruning", "a model with weights of two axes and more, of a chosen name",
                "names " + model.params().keySet().stream().limit(8).toList());
        return tables;
    }
}
