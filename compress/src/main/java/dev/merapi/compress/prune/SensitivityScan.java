package dev.merapi.compress.prune;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;

/**
 * How much quality is lost when one table of weights alone is pruned, so that one sees which can spare weights.
 *
 * @param quality of each table, by its name, and sparsity
 */
public record SensitivityScan(Map<String, Map<Double, Double>> quality) {
    /**
     * Prunes each table in turn, measures, and puts the weights back.
     *
     * @param names which tables, by name
     * @param measure of the model as it is, such as its accuracy
     */
    public static SensitivityScan of(Layer model, Predicate<String> names, List<Double> sparsities,
            DoubleSupplier measure) {
        var found = new LinkedHashMap<String, Map<Double, Double>>();
        for (var entry : WeightTables.of(model, names).entrySet()) {
            var values = new TreeMap<Double, Double>();
            for (double sparsity : sparsities) {
                values.put(sparsity, pruned(model, entry.getKey(), entry.getValue(), sparsity, measure));
            }
            found.put(entry.getKey(), values);
        }
        return new SensitivityScan(found);
    }

    private static double pruned(Layer model, String name, Param param, double sparsity, DoubleSupplier measure) {
        try (var _ = Scope.open(); var masks = Masks.byLayer(model, name::equals, sparsity)) {
            Tensor before = param.detach().copy();
            try {
                masks.apply();
                return measure.getAsDouble();
            } finally {
                try (var _ = Torch.noGrad()) {
                    param.copy_(before);
                }
            }
        }
    }

    /** A line for each table. */
    @Override public String toString() {
        var text = new StringBuilder();
        quality.forEach((name, values) -> {
            text.append(name).append(':');
            values.forEach((sparsity, value) ->
                    text.append(String.format(Locale.ROOT, "  %.2f: %.4f", sparsity, value)));
            text.append('\n');
        });
        return text.toString();
    }
}
