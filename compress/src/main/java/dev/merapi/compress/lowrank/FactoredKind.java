package dev.merapi.compress.lowrank;

import dev.merapi.nn.Change;
import dev.merapi.nn.Layer;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.tensor.Expect;
import java.util.Map;

/** Puts factors in a new model where a saved one had them; see {@link Change}. */
public final class FactoredKind implements Change.Kind {
    static final String NAME = "low_rank";
    static final String RANK = "rank";

    @Override public String name() { return NAME; }

    @Override public Layer make(Layer layer, Map<String, Object> settings) {
        if (!(layer instanceof MatrixLayer map)) {
            throw Expect.error("Change " + NAME, "an affine layer", "a " + layer.getClass().getSimpleName());
        }
        Expect.that(settings.get(RANK) instanceof Integer rank && rank > 0, "Change.settings." + RANK,
                "a whole number above 0", settings.get(RANK));
        return FactoredLinear.like(map, (Integer) settings.get(RANK));
    }
}
