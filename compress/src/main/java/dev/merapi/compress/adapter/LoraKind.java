package dev.merapi.compress.adapter;

import dev.merapi.nn.Change;
import dev.merapi.nn.Layer;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.tensor.Expect;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts adapters in a new model where a saved one had them beside its weights; see {@link Change}. */
public final class LoraKind implements Change.Kind {
    static final String NAME = "lora";

    @Override public String name() { return NAME; }

    /** What {@link #make} needs: of each adapter in use its settings. */
    static Change of(Map<String, LoraConfig> configs) {
        var settings = new LinkedHashMap<String, Object>();
        configs.forEach((name, c) -> settings.put(name, Map.of("rank", c.rank(), "alpha", c.alpha(), "dropout",
                c.dropout(), "dora", c.dora(), "rank_stabilised", c.rankStabilised())));
        return new Change(NAME, settings);
    }

    @Override public Layer make(Layer layer, Map<String, Object> settings) {
        if (!(layer instanceof MatrixLayer base)) {
            throw Expect.error("Change " + NAME, "an affine layer", "a " + layer.getClass().getSimpleName());
        }
        var lora = new LoraLinear(base);
        settings.forEach((name, of) -> lora.add(name, config(of)));
        lora.use(List.copyOf(settings.keySet()));
        return lora;
    }

    private static LoraConfig config(Object settings) {
        if (settings instanceof Map<?, ?> m && m.get("rank") instanceof Integer rank
                && m.get("alpha") instanceof Number alpha && m.get("dropout") instanceof Number dropout) {
            return new LoraConfig(rank, alpha.doubleValue(), dropout.doubleValue(), List.of("*"), List.of(),
                    Boolean.TRUE.equals(m.get("dora")), Boolean.TRUE.equals(m.get("rank_stabilised")));
        }
        throw Expect.error("Change.settings", "rank, alpha and dropout of an adapter", settings);
    }
}
