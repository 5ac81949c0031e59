package dev.merapi.compress.quantize;

import dev.merapi.compress.Replaced;
import dev.merapi.nn.Change;
import dev.merapi.nn.Layer;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.tensor.Expect;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/** Replaces layers by quantised ones that remember how they were made. */
final class Changing {
    private Changing() {}

    static Replaced affine(Layer model, Predicate<String> names, Change change,
            BiFunction<String, MatrixLayer, Layer> by) {
        var done = Replaced.in(model, (path, layer) -> {
            boolean chosen = layer instanceof MatrixLayer affine && affine.isWritable() && names.test(path);
            return chosen ? change.mark(layer, by.apply(path, (MatrixLayer) layer)) : layer;
        });
        Expect.that(!done.changed().isEmpty(), "Quantization", "a model with affine layers of a chosen name",
                done.toString());
        return done;
    }
}
