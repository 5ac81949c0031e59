package dev.merapi.explain.examples;

import dev.merapi.explain.Checks;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;

/**
 * A concept, such as stripes, as a direction among a layer's values: the one that tells examples of it from others; and
 * how many inputs would be more of a class with more of it (TCAV, Kim et al. 2017, arXiv:1711.11279).
 *
 * @param function of the model's inputs; the model itself where it is one
 * @param layer its path
 * @param direction of length 1, among the layer's values in row-major order
 * @param accuracy of telling the examples apart: near ½, the layer does not know the concept
 */
public record ConceptVector(Layer model, Unary function, String layer, double[] direction, double accuracy) {
    /**
     * Learnt from examples by a ridge regression to 1 and -1.
     *
     * @param concept examples of it (N, …)
     * @param others (M, …)
     */
    public static ConceptVector of(Layer model, Unary function, String layer, Tensor concept, Tensor others) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var with = values(model, function, layer, concept);
            var without = values(model, function, layer, others);
            var x = Tensor.cat(List.of(with, without), 0).to(DType.FLOAT64); // (N + M, units)
            var centred = x.sub(with.to(DType.FLOAT64).mean(0).add(without.to(DType.FLOAT64).mean(0)).mul(0.5));
            long n = with.size(0), m = without.size(0);
            var y = Tensor.cat(List.of(Tensor.ones(DType.FLOAT64, n, 1),
                    Tensor.full(-1.0, m, 1).to(DType.FLOAT64)), 0).to(x.device());
            var products = centred.matmul(centred.mT()); // by examples, of which there are fewer than units
            double little = 1e-3 * products.trace().item() / (n + m);
            var ridge = Tensor.eye(n + m).to(DType.FLOAT64).to(x.device()).mul(little);
            var weights = centred.mT().matmul(products.add(ridge).solve(y)); // (units, 1)
            double right = centred.matmul(weights).mul(y).gt(0).to(DType.FLOAT64).mean().item();
            return new ConceptVector(model, function, layer, weights.div(weights.norm()).toDoubles(), right);
        }
    }

    /** The share of inputs (B, …) whose output rises in the direction. */
    public double score(Tensor x, int output) {
        try (var _ = Scope.open(); var _ = Torch.enableGrad()) {
            var found = new Tensor[1];
            Tensor y;
            try (var _ = Hooks.around(model, call -> {
                if (!call.path().equals(layer)) return call.output();
                found[0] = call.output().detach().requiresGrad_(true);
                return found[0];
            })) {
                y = Checks.output(function.forward(x), output).sum();
            }
            expectLayer(found[0], layer);
            var slope = y.gradOf(found[0], false).flatten(1, -1).to(DType.FLOAT64);
            var along = slope.matmul(Tensor.of(direction, direction.length, 1).to(x.device()));
            return along.gt(0).to(DType.FLOAT64).mean().item();
        }
    }

    private static Tensor values(Layer model, Unary function, String layer, Tensor x) {
        var found = new Tensor[1];
        try (var _ = Hooks.listen(model, call -> {
            if (call.path().equals(layer)) found[0] = call.output();
        })) {
            function.forward(x);
        }
        expectLayer(found[0], layer);
        return found[0].flatten(1, -1);
    }

    private static void expectLayer(Tensor found, String layer) {
        Expect.that(found != null, "ConceptVector.layer", "the path of a layer that runs", layer);
    }
}
