package dev.merapi.compress.export;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts a batch norm with stored statistics into the weights of the convolution or product before it, which then gives
 * the same in one step: γ / √(var + ε) is a factor of each output channel.
 */
final class Folding {
    private static final Set<String> PRODUCTS = Set.of("conv1d", "conv2d", "conv3d", "linear");

    private final Map<Value, Integer> uses = new IdentityHashMap<>();
    private final List<Tensor> made = new ArrayList<>();
    private int folded;

    private Folding() {}

    /** How many norms are gone; the new weights live as long as the trace. */
    static int in(Trace trace) {
        var folding = new Folding();
        trace.nodes.forEach(node -> Value.among(node.arguments()).forEach(v -> folding.uses.merge(v, 1, Integer::sum)));
        trace.outputs.forEach(v -> folding.uses.merge(v, 1, Integer::sum));
        trace.nodes.replaceAll(folding::fold);
        folding.made.forEach(trace::keep);
        return folding.folded;
    }

    private Node fold(Node norm) {
        if (!norm.name().equals("batch_norm") || norm.arguments().get(5) instanceof Boolean training && training) {
            return norm;
        }
        var x = (Value) norm.arguments().getFirst();
        var product = x.producer;
        boolean fits = product != null && PRODUCTS.contains(product.name()) && uses.get(x) == 1 && isAxis1(product, x)
                && Value.among(product.arguments().subList(1, product.arguments().size()))
                        .allMatch(Value::isConstant)
                && Value.among(norm.arguments().subList(1, 5)).allMatch(Value::isConstant);
        if (!fits) return norm;
        folded++;
        var arguments = new ArrayList<>(product.arguments());
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor weight = values(arguments.get(1)), bias = values(arguments.get(2));
            Tensor mean = values(norm.arguments().get(3)), variance = values(norm.arguments().get(4));
            Tensor factor = variance.add((Number) norm.arguments().get(7)).rsqrt();
            if (norm.arguments().get(1) != null) factor = factor.mul(values(norm.arguments().get(1)));
            var rows = new long[weight.rank()];
            Arrays.fill(rows, 1);
            rows[0] = weight.size(0);
            Tensor shift = (bias == null ? mean.neg() : bias.sub(mean)).mul(factor);
            if (norm.arguments().get(2) != null) shift = shift.add(values(norm.arguments().get(2)));
            arguments.set(1, constant((Value) arguments.get(1), weight.mul(factor.view(rows))));
            arguments.set(2, constant((Value) norm.arguments().get(3), shift));
        }
        var together = new Node(product.name(), arguments, norm.results(), product.layer());
        norm.results().getFirst().producer = together;
        return together;
    }

    /** Whether channels are the last axis of a product, which is then axis 1. */
    private static boolean isAxis1(Node product, Value x) { return !product.name().equals("linear") || x.rank() == 2; }

    private static Tensor values(Object value) { return value == null ? null : ((Value) value).values; }

    private Value constant(Value like, Tensor values) {
        var constant = new Value(like.type, like.shape);
        constant.values = values.owned();
        made.add(constant.values);
        constant.name = like.name == null ? null : like.name + ".folded";
        return constant;
    }
}
