package dev.merapi.compress.quantize;

import dev.merapi.compress.Replaced;
import dev.merapi.nn.Change;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Layer;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Puts layers with weights of fewer bits in the places of a model's own. What comes is for inference; a model saved
 * afterwards is opened again as it is.
 *
 * <pre>{@code
 * var done = Quantization.dynamic(model, name -> !name.startsWith("lm_head"));
 * IO.println(done);                           // 38 layers changed; left as they are: 1 Linear (lm_head)
 * }</pre>
 */
public final class Quantization {
    private static final long HESSIANS = 1L << 28; // numbers of them that are kept at a time: 1 GiB

    private Quantization() {}

    /**
     * Affine layers become {@link Int8Linear} and embeddings {@link Int8Embedding}: a quarter of the size, and affine
     * maps several times as fast. No data is needed.
     *
     * @param names which layers, by name
     * @throws IllegalArgumentException if no layer is such a one
     */
    public static Replaced dynamic(Layer model, Predicate<String> names) {
        var change = new Change(QuantizedKind.NAME, Map.of(QuantizedKind.SCHEME, QuantizedKind.INT8));
        return checked(Replaced.in(model, (path, layer) -> {
            if (isChosen(layer, path, names)) return change.mark(layer, Int8Linear.of((MatrixLayer) layer,
                    false));
            return layer instanceof Embedding table && names.test(path) ? change.mark(layer, Int8Embedding.of(table))
                    : layer;
        }));
    }

    /**
     * Affine layers become {@link Int8Linear} whose inputs are rounded by row, a token say: for models that answer many
     * at once, none of which may depend on its neighbours. No data is needed.
     *
     * @throws IllegalArgumentException if no layer is such a one
     */
    public static Replaced byRow(Layer model, Predicate<String> names) {
        var change = new Change(QuantizedKind.NAME, Map.of(QuantizedKind.SCHEME, QuantizedKind.BY_ROW));
        return checked(Replaced.in(model, (path, layer) -> isChosen(layer, path, names)
                ? change.mark(layer, Int8Linear.of((MatrixLayer) layer, true)) : layer));
    }

    /**
     * Affine layers become {@link GroupedInt8Linear}: a quarter of the size, and inputs that stay as they are. Layers
     * whose inputs the group does not divide are left.
     *
     * @param group how many weights of a row share a step
     * @throws IllegalArgumentException if no layer is such a one
     */
    public static Replaced int8(Layer model, Predicate<String> names, int group) {
        var change = new Change(QuantizedKind.NAME, Map.of(QuantizedKind.SCHEME, QuantizedKind.GROUPED,
                QuantizedKind.GROUP, group));
        return checked(Replaced.in(model, (path, layer) -> isChosen(layer, path, names)
                && GroupedInt8Linear.fits((MatrixLayer) layer, group)
                ? change.mark(layer, GroupedInt8Linear.of((MatrixLayer) layer, group)) : layer));
    }

    /**
     * Affine layers become those of {@link Nf4}: an eighth of the size, for adapters beside them. Layers whose numbers
     * fill no blocks are left.
     *
     * @throws IllegalArgumentException if no layer is such a one
     */
    public static Replaced nf4(Layer model, Predicate<String> names) {
        var change = new Change(QuantizedKind.NAME, Map.of(QuantizedKind.SCHEME, QuantizedKind.NF4));
        return checked(Replaced.in(model, (path, layer) -> isChosen(layer, path, names)
                && Nf4Linear.fits((MatrixLayer) layer) ? change.mark(layer, Nf4Linear.of((MatrixLayer) layer))
                : layer));
    }

    /**
     * Affine layers become {@link Int4Linear}, each weight rounded to the nearest: an eighth of the size. Layers whose
     * inputs the group, or whose outputs 16, does not divide are left.
     *
     * @param group how many weights of a row share a step: 32, 64, 128 or 256
     * @throws IllegalArgumentException if no layer is such a one
     */
    public static Replaced int4(Layer model, Predicate<String> names, int group) {
        return checked(nearest(model, names, group));
    }

    /** The same, possibly of no layer. */
    static Replaced nearest(Layer model, Predicate<String> names, int group) {
        return Replaced.in(model, (path, layer) -> {
            if (!isChosen(layer, path, names)) return layer;
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                var affine = (MatrixLayer) layer;
                if (!Grouped.fits(affine.matrix(), group)) return layer;
                var nearest = Grouped.nearest(affine.matrix(), group);
                return int4(group, false, false).mark(layer, Int4Linear.of(nearest, null, affine.bias()));
            }
        });
    }

    /**
     * As {@link #int4(Layer, Predicate, int)}, with weights that were rounded by what examples show: layers that come
     * later see what earlier ones have become.
     *
     * @param run runs the model on the examples; it is called once or, where the layers are large, several times
     * @throws IllegalArgumentException if no layer is such a one, or no example runs through one
     */
    public static Replaced int4(Layer model, Predicate<String> names, int group, Rounding rounding, Runnable run) {
        if (rounding == Rounding.NEAREST) return int4(model, names, group);
        var all = new LinkedHashMap<String, Long>(); // sizes of the Hessians
        model.layers().forEach((path, layer) -> {
            if (!isChosen(layer, path, names)) return;
            try (var _ = Scope.open()) {
                Tensor weight = ((MatrixLayer) layer).matrix();
                if (Grouped.fits(weight, group)) all.put(path, weight.size(1) * weight.size(1));
            }
        });
        var changed = new ArrayList<String>();
        Map<String, String> left = Map.of();
        for (var some : portions(all)) {
            var calibration = Calibration.of(model, some, run);
            var done = Replaced.in(model, (path, layer) -> some.contains(path)
                    ? rounded((MatrixLayer) layer, layer, path, group, rounding, calibration) : layer);
            calibration.close();
            changed.addAll(done.changed());
            left = done.left();
        }
        return checked(new Replaced(changed, left));
    }

    private static Layer rounded(MatrixLayer affine, Layer layer, String path, int group, Rounding rounding,
            Calibration seen) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor weight = affine.matrix(), hessian = seen.hessian().get(path);
            if (rounding == Rounding.GPTQ) {
                return int4(group, false, false).mark(layer, Int4Linear.of(Gptq.of(weight, hessian, group), null,
                        affine.bias()));
            }
            var stretched = Awq.of(weight, seen.magnitude().get(path), hessian, group);
            return int4(group, true, false).mark(layer, Int4Linear.of(stretched.grouped(), stretched.scale(),
                    affine.bias()));
        }
    }

    /** In the model's order, as many at a time as memory is meant for. */
    private static List<Set<String>> portions(Map<String, Long> sizes) {
        var portions = new ArrayList<Set<String>>();
        long size = 0;
        for (var entry : sizes.entrySet()) {
            if (portions.isEmpty() || size + entry.getValue() > HESSIANS) {
                portions.add(new LinkedHashSet<>());
                size = 0;
            }
            portions.getLast().add(entry.getKey());
            size += entry.getValue();
        }
        return portions;
    }

    static Change int4(int group, boolean stretched, boolean ordered) {
        return new Change(QuantizedKind.NAME, Map.of(QuantizedKind.SCHEME, QuantizedKind.INT4, QuantizedKind.GROUP,
                group, QuantizedKind.STRETCHED, stretched, QuantizedKind.ORDERED, ordered));
    }

    private static boolean isChosen(Layer layer, String path, Predicate<String> names) {
        return layer instanceof MatrixLayer affine && affine.isWritable() && names.test(path);
    }

    private static Replaced checked(Replaced done) {
        Expect.that(!done.changed().isEmpty(), "Quantization", "a model with layers that can be, of a chosen name",
                done.toString());
        return done;
    }
}
