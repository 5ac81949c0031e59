package dev.merapi.optim;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Parameters that train with the same learning rate and weight decay: fractions of the optimizer's own, so that a
 * schedule moves all groups together.
 *
 * <pre>{@code
 * var backbone = ParamGroup.of(resnet, name -> !name.startsWith("fc.")).rate(0.1);
 * var head = ParamGroup.of(resnet, name -> name.startsWith("fc."));
 * var sgd = new Sgd(List.of(backbone, head), 0.01);
 * }</pre>
 *
 * @param params by name; the names stand in the optimizer's saved state
 * @param rate multiplies the learning rate
 * @param decay multiplies the weight decay; 0 for none
 */
public record ParamGroup(Map<String, Param> params, double rate, double decay) {
    public ParamGroup {
        params = Collections.unmodifiableMap(new LinkedHashMap<>(params));
        Expect.atLeast("ParamGroup.rate", 0, rate);
        Expect.atLeast("ParamGroup.decay", 0, decay);
    }

    /** All parameters of a layer. */
    public static ParamGroup of(Layer layer) { return new ParamGroup(layer.params(), 1, 1); }

    /** The parameters of a layer whose names are chosen. */
    public static ParamGroup of(Layer layer, Predicate<String> names) {
        var params = new LinkedHashMap<>(layer.params());
        params.keySet().removeIf(names.negate());
        return new ParamGroup(params, 1, 1);
    }

    /**
     * Two groups: matrices and larger, which decay, and vectors (biases, the weights of norms), which do not; what
     * Transformers are trained with.
     */
    public static List<ParamGroup> decayMatrices(Layer layer) {
        var vectors = layer.params();
        vectors.values().removeIf(p -> p.rank() > 1);
        return List.of(of(layer, name -> !vectors.containsKey(name)), new ParamGroup(vectors, 1, 0));
    }

    /** The same with another factor of the learning rate; 0 leaves the parameters as they are. */
    public ParamGroup rate(double rate) { return new ParamGroup(params, rate, decay); }

    /** The same with another factor of the weight decay; 0 for none. */
    public ParamGroup decay(double decay) { return new ParamGroup(params, rate, decay); }
}
