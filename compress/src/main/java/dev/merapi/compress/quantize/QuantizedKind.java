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
    static final String BY_ROW = "int8_by_row";
    static final String INT4 = "int4";
    static final String GROUPED = "int8_grouped";
    static final String NF4 = "nf4";
    static final String AWARE = "aware";
    static final String STATIC = "static";
    static final String FOLDED = "folded";
    static final String GROUP = "group";
    static final String STRETCHED = "stretched";
    static final String ORDERED = "ordered";
    static final String MOST = "most";
    static final String BIASED = "biased";
    static final String RELU = "relu";

    @Override public String name() { return NAME; }

    @Override public Layer make(Layer layer, Map<String, Object> settings) {
        String scheme = String.valueOf(settings.get(SCHEME));
        if (layer instanceof Embedding table && scheme.equals(INT8)) return Int8Embedding.like(table);
        if (layer instanceof FakeInt8 fake && scheme.equals(STATIC)) return converted(fake);
        if (scheme.equals(FOLDED)) return new Folded();
        if (scheme.equals(AWARE)) return aware(layer, settings);
        Expect.that(layer instanceof MatrixLayer, "Change " + NAME, "an affine layer", "a "
                + layer.getClass().getSimpleName());
        var affine = (MatrixLayer) layer;
        return switch (scheme) {
            case INT8 -> Int8Linear.like(affine, false);
            case BY_ROW -> Int8Linear.like(affine, true);
            case INT4 -> Int4Linear.like(affine, group(settings), Boolean.TRUE.equals(settings.get(STRETCHED)),
                    Boolean.TRUE.equals(settings.get(ORDERED)));
            case GROUPED -> GroupedInt8Linear.like(affine, group(settings));
            case NF4 -> Nf4Linear.like(affine);
            default -> throw Expect.error("Change " + NAME + "." + SCHEME, "int8, int8_by_row, int8_grouped, int4, nf4,"
                    + " aware, static or folded", settings.get(SCHEME),
                    "a newer Merapi may know it");
        };
    }

    /** The one in between was made for this alone. */
    private static Layer converted(FakeInt8 fake) {
        var made = StaticInt8.like(fake);
        fake.close();
        return made;
    }

    private static Layer aware(Layer layer, Map<String, Object> settings) {
        Expect.that(FakeInt8.takes(layer), "Change " + NAME, "a convolution of images or an affine layer", "a "
                + layer.getClass().getSimpleName());
        int most = settings.get(MOST) instanceof Integer number && number == 127 ? number : 255;
        return FakeInt8.like(layer, most, Boolean.TRUE.equals(settings.get(BIASED)),
                Boolean.TRUE.equals(settings.get(RELU)));
    }

    private static int group(Map<String, Object> settings) {
        if (settings.get(GROUP) instanceof Integer group) return group;
        throw Expect.error("Change " + NAME + "." + GROUP, "a whole number", settings.get(GROUP));
    }
}
