package dev.merapi.compress.quantize;

import dev.merapi.nn.Change;
import dev.merapi.nn.Layer;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import java.util.Map;

/** Puts layers of fewer bits in a new model where a saved one had them; see {@link Change}. */
public final class QuantizedKind implements Change.Kind {
    static final String NAME = "quantized";
    static final String SCHEME = "scheme";

    @Override public String name() { return NAME; }

    @Override public Layer make(Layer layer, Map<String, Object> settings) {
        try (var _ = Scope.open()) {
            return switch (String.valueOf(settings.get(SCHEME))) {
                case "int8" -> Int8Linear.like(affine(layer));
                case "nf4" -> Nf4Linear.like(affine(layer));
                default -> throw Expect.error("Change.settings." + SCHEME, "int8 or nf4", settings.get(SCHEME),
                        "a newer Merapi may know it");
            };
        }
    }

    private static MatrixLayer affine(Layer layer) {
        if (layer instanceof MatrixLayer affine) return affine;
        throw Expect.error("Change " + NAME, "an affine layer", "a " + layer.getClass().getSimpleName());
    }
}
