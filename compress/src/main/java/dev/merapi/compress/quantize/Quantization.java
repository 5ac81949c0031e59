package dev.merapi.compress.quantize;

import dev.merapi.compress.Replaced;
import dev.merapi.nn.Change;
import dev.merapi.nn.Layer;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Puts layers with weights of fewer bits in the places of a model's own. What comes is for inference; a model saved
 * afterwards is opened again as it is.
 *
 * <pre>{@code
 * var done = Quantization.dynamic(model, name -> !name.startsWith("lm_head"));
 * IO.println(done);                           // 36 layers changed; left as they are: 2 Embedding (words, places)
 * }</pre>
 */
public final class Quantization {
    private Quantization() {}

    /**
     * Affine layers become {@link Int8Linear}: a quarter of the size, and faster where there are many rows or long
     * ones. No data is needed.
     *
     * @param names which layers, by name
     * @throws IllegalArgumentException if no layer is such a one
     */
    public static Replaced dynamic(Layer model, Predicate<String> names) {
        return Changing.affine(model, names, new Change(QuantizedKind.NAME, Map.of(QuantizedKind.SCHEME, "int8")),
                (_, affine) -> Int8Linear.of(affine));
    }
}
