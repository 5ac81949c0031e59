package dev.merapi.explain.gradient;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Checks;
import dev.merapi.explain.Explainer;
import dev.merapi.nn.Activation;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.F;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BinaryOperator;

/**
 * DeepLIFT by the rule that reveals what cancels (Shrikumar et al. 2017, arXiv:1704.02685, section 3.5.3): what rises
 * and what falls in front of an activation are handed back apart, each with what it changes alone and beside the other.
 * So min(a, b) is shared by both, which the rescale rule gives to one.
 *
 * @param model of Linear, Conv2d, Flatten, Dropout and ReLU layers, one after the other
 * @param baseline (1, …) of the input's shape
 */
public record RevealCancel(Sequential model, Tensor baseline) implements Explainer {
    private static final Set<String> MOVING = Set.of("Flatten", "Dropout");
    private static final Set<String> RELUS = Set.of("Relu", "RELU");

    /** What rises and what falls of a difference to the baseline. */
    private record Parts(Tensor up, Tensor down) {}

    @Override public Attribution explain(Tensor x, int output) {
        Checks.one(x);
        Gradients.expectFloating(x);
        try (var _ = Scope.open(); var _ = Torch.enableGrad(); var _ = model.evaluating()) {
            var change = x.sub(baseline).detach();
            var up = change.clamp(0, null).requiresGrad_(true);
            var down = change.clamp(null, 0).requiresGrad_(true);
            var parts = new Parts(up, down);
            var at = baseline.detach(); // what the baseline gives, layer by layer
            for (var step : steps(x)) {
                parts = through(step, parts, at);
                at = step.forward(at).detach();
            }
            var difference = Checks.output(parts.up.add(parts.down), output);
            var slopes = Tensor.grad(List.of(difference.sum()), List.of(up, down), false);
            var values = slopes.get(0).mul(up).add(slopes.get(1).mul(down));
            return Attribution.of(values, Checks.row(x), Checks.output(at, output).item(),
                    Checks.output(model.forward(x), output).item());
        }
    }

    /** The model's layers and functions, in the order in which they run. */
    private List<Unary> steps(Tensor x) {
        var all = new ArrayList<Unary>();
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = Hooks.listen(model, call -> {
            if (call.path().isEmpty()) return;
            Expect.that(call.layer() instanceof Linear || call.layer() instanceof Conv2d || MOVING.contains(call.type())
                    || RELUS.contains(call.type()), "RevealCancel", "Linear, Conv2d, Flatten, Dropout and ReLU layers",
                    call.type() + " at " + call.path() + "; DeepLift takes any");
            all.add(RELUS.contains(call.type()) ? Activation.RELU : (Unary) call.layer());
        })) {
            model.forward(x);
        }
        return all;
    }

    private static Parts through(Unary layer, Parts x, Tensor at) {
        return switch (layer) {
            case Activation relu -> activated(relu, x, at);
            case Linear linear -> split(linear, x, (z, weight) -> F.linear(z, weight, null));
            case Conv2d conv -> split(conv, x, (z, weight) -> F.conv(z, weight, null, conv.options()));
            default -> new Parts(layer.forward(x.up), layer.forward(x.down)); // moves values about
        };
    }

    /** By weights above and below 0: what rises is what rises by the former, and what falls by the latter. */
    private static Parts split(Layer layer, Parts x, BinaryOperator<Tensor> product) {
        var weight = layer.params().get("weight").detach();
        var positive = weight.clamp(0, null);
        var negative = weight.clamp(null, 0);
        return new Parts(product.apply(x.up, positive).add(product.apply(x.down, negative)),
                product.apply(x.down, positive).add(product.apply(x.up, negative)));
    }

    private static Parts activated(Activation relu, Parts z, Tensor at) {
        var both = relu.forward(at.add(z.up).add(z.down));
        var none = relu.forward(at);
        var up = relu.forward(at.add(z.up));
        var down = relu.forward(at.add(z.down));
        var rise = up.sub(none).add(both.sub(down)).mul(0.5).detach();
        var fall = down.sub(none).add(both.sub(up)).mul(0.5).detach();
        return new Parts(scaled(z.up, rise), scaled(z.down, fall));
    }

    /** The value {@code y}, with y / z as its gradient. */
    private static Tensor scaled(Tensor z, Tensor y) {
        var none = z.detach().abs().lt(1e-12);
        return z.mul(y.div(z.detach().maskedFill(none, 1)).maskedFill(none, 0));
    }
}
