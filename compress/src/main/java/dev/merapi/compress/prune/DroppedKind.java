package dev.merapi.compress.prune;

import dev.merapi.nn.Blocks;
import dev.merapi.nn.Change;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import java.util.Map;

/** Leaves layers out of a new model that had been left out of the saved one; see {@link Change}. */
public final class DroppedKind implements Change.Kind {
    static final String NAME = "dropped";

    @Override public String name() { return NAME; }

    @Override public Layer make(Layer layer, Map<String, Object> settings) {
        if (layer instanceof Unary) return new Skipped();
        Blocks.skip(layer);
        return layer;
    }
}
