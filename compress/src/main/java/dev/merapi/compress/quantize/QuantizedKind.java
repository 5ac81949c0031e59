package dev.merapi.compress.quantize;

import dev.merapi.nn.Change;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Layer;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.tensor.Expect;
import java.util.Map;

/** Puts layers of fewer bits in a new model where a saved one had them; see {@link Change}. */
public final class QuantizedKind implements Change.Kind {
    static final String NAME = "quantized";
    static final String SCHEME = "scheme";
    static final String INT8 = "int8";
    static final String INT4 = "int4";
    static final String NF4 = "nf4";
    static final String GROUP = "group";
    static final String STRETCHED = "stretched";

    @Override public String name() { return NAME; }

    @Override public Layer make(Layer layer, Map<String, Object> settings) {
        String scheme = String.valueOf(settings.get(SCHEME));
        if (layer instanceof Embedding table && scheme.equals(INT8)) return Int8Embedding.like(table);
        Expect.that(layer instanceof MatrixLayer, "Change " + NAME, "an affine layer", "a "
                + layer.getClass().getSimpleName());
        var affine = (MatrixLayer) layer;
        return switch (scheme) {
            case INT8 -> Int8Linear.like(affine);
            case INT4 -> Int4Linear.like(affine, group(settings), Boolean.TRUE.equals(settings.get(STRETCHED)));
            case NF4 -> Nf4Linear.like(affine);
            default -> throw Expect.error("Change " + NAME + "." + SCHEME, "int8, int4 or nf4", settings.get(SCHEME),
                    "a newer Merapi may know it");
        };
    }

    private static int group(Map<String, Object> settings) {
        if (settings.get(GROUP) instanceof Integer group) return group;
        throw Expect.error("Change " + NAME + "." + GROUP, "a whole number", settings.get(GROUP));
    }
}
