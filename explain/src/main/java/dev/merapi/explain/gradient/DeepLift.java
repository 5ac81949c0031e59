package dev.merapi.explain.gradient;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Checks;
import dev.merapi.explain.Explainer;
import dev.merapi.nn.Activation;
import dev.merapi.nn.Hook;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * DeepLIFT by the rescale rule (Shrikumar et al. 2017, arXiv:1704.02685), with several baselines DeepSHAP (Lundberg
 * and Lee 2017, arXiv:1705.07874): differences to a baseline are handed back from layer to layer by multipliers,
 * which are Δy / Δx at an activation. Contributions sum to the difference of the outputs.
 *
 * <p>What is neither linear nor an activation nor a maximum, such as attention or a norm, has as its multiplier the
 * mean gradient on the straight way between its own inputs, which on an activation is Δy / Δx too; so the sum
 * holds for any model whose layers call hooks. {@link IntegratedGradients} is the same with the whole model as one
 * such layer.
 *
 * <p>A model is run once on R baselines: rows x, then baselines, then {@code steps} places on the ways between,
 * each of R rows. What a hook gives on in the place of an output is the output, with the multiplier as its gradient.
 *
 * @param function of the model's inputs; the model itself where it is one
 * @param baselines (R, …) of the input's shape
 * @param steps places on the way through other layers; 0 for none, -1 for as many as the sum asks for
 * @param chunk baselines that are looked at together, which bounds memory
 */
public record DeepLift(Layer model, Unary function, Tensor baselines, int steps, int chunk) implements Explainer {
    private static final int USUAL = 16; // steps where none are not enough, and twice as many until the sum holds
    private static final int MOST = 256;
    private static final long NUMBERS = 1 << 22; // of all places together: they are in the model at the same time
    private static final double ENOUGH = 2e-5;
    private static final double NONE = 1e-7; // a difference below says nothing; there the gradient is the multiplier

    /** What maps straight lines to straight lines, so that its gradient is its multiplier. */
    private static final Set<String> LINEAR = Set.of("Linear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d",
            "ConvTranspose2d", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "Flatten", "Dropout", "AvgPool1d",
            "AvgPool2d", "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "IDENTITY", "Embedding", "FieldEmbedding");
    private static final Set<String> MAXIMUM = Set.of("MaxPool1d", "MaxPool2d", "AdaptiveMaxPool1d",
            "AdaptiveMaxPool2d");
    private static final Set<String> ELEMENTWISE = elementwise();

    private static Set<String> elementwise() {
        var names = new HashSet<>(Set.of("Relu", "PRelu"));
        Arrays.stream(Activation.values()).map(Enum::name).forEach(names::add);
        names.removeAll(Set.of("SOFTMAX", "LOG_SOFTMAX", "IDENTITY"));
        return names;
    }

    public DeepLift {
        Expect.atLeast("DeepLift.steps", -1, steps);
        Expect.atLeast("DeepLift.chunk", 1, chunk);
    }

    /** With as many steps as the sum asks for. */
    public DeepLift(Layer model, Unary function, Tensor baselines) { this(model, function, baselines, -1, 16); }

    /** Of a model that is a function itself. */
    public static <M extends Layer & Unary> DeepLift of(M model, Tensor baselines) {
        return new DeepLift(model, model, baselines);
    }

    /** The same with so many steps. */
    public DeepLift steps(int count) { return new DeepLift(model, function, baselines, count, chunk); }

    @Override public Attribution explain(Tensor x, int output) {
        Checks.one(x);
        Gradients.expectFloating(x);
        Expect.that(Arrays.equals(Checks.row(baselines), Checks.row(x)), "DeepLift", "baselines of "
                + Shapes.toString(Checks.row(x)) + ", as the input", Shapes.toString(baselines.shape()));
        try (var _ = model.evaluating()) { // a norm of the batch would mix the rows
            return complete(x, output);
        }
    }

    /** Without places first, which is right where all that is not linear has a rule, as the sum shows. */
    private Attribution complete(Tensor x, int output) {
        if (steps >= 0) return explain(x, output, steps);
        var found = explain(x, output, 0);
        long most = Math.clamp(NUMBERS / x.numel(), USUAL, MOST);
        for (int places = USUAL; !isSum(found) && places <= most; places *= 2) found = explain(x, output, places);
        return found;
    }

    private static boolean isSum(Attribution found) {
        return Math.abs(found.gap()) <= ENOUGH * (1 + Math.abs(found.output()));
    }

    private Attribution explain(Tensor x, int output, int places) {
        int rows = Math.toIntExact(baselines.size(0));
        try (var _ = Scope.open()) {
            var sum = Tensor.zeros(DType.FLOAT64, x.shape()).to(x.device());
            double base = 0, value = 0;
            for (int first = 0; first < rows; first += chunk) {
                int count = Math.min(chunk, rows - first);
                try (var _ = Scope.open()) {
                    var pass = new Pass(count, places);
                    var from = baselines.narrow(0, first, count);
                    var to = x.expand(from.shape());
                    double[] ends = pass.run(to, from, output, sum, rows);
                    base += ends[0] / rows;
                    value = ends[1];
                }
            }
            return Attribution.of(sum, Checks.row(x), base, value);
        }
    }

    /** One run over some baselines. */
    private final class Pass {
        private final int rows; // R
        private final int places;
        private final Quadrature rule; // or null

        Pass(int rows, int places) {
            this.rows = rows;
            this.places = places;
            rule = places == 0 ? null : Quadrature.legendre(places);
        }

        /** Adds contributions, divided by {@code all}, to a sum; gives the sum of the baselines' outputs, and x's. */
        double[] run(Tensor to, Tensor from, int output, Tensor sum, int all) {
            try (var _ = Torch.enableGrad(); var _ = Hooks.around(model, this::around)) {
                var leaf = to.detach().requiresGrad_(true);
                var scores = Checks.output(function.forward(between(leaf, from)), output);
                var y = through(scores);
                var multipliers = Gradients.of(y.sum(), leaf);
                sum.add_(multipliers.mul(to.sub(from)).to(DType.FLOAT64).sum(new long[] {0}, true).div(all));
                return new double[] {scores.narrow(0, rows, rows).sum().item(), y.select(0, 0).item()};
            }
        }

        /** Rows of x, of baselines, and between. */
        private Tensor between(Tensor to, Tensor from) {
            var parts = new ArrayList<>(List.of(to, from.detach()));
            if (places > 0) {
                var start = from.detach();
                var difference = to.detach().sub(start);
                var still = to.sub(to.detach()); // 0, with a gradient of 1
                for (double place : rule.places()) parts.add(start.add(difference.mul(place)).add(still));
            }
            return Tensor.cat(parts, 0);
        }

        private Tensor part(Tensor all, int index) { return all.narrow(0, (long) index * rows, rows); }

        /** The rows of x, with the mean gradient on the way as their gradient. */
        private Tensor through(Tensor all) {
            var x = part(all, 0);
            if (places == 0) return x;
            var y = x.detach();
            for (int k = 0; k < places; k++) {
                var between = part(all, k + 2);
                y = y.add(between.sub(between.detach()).mul(rule.weights()[k]));
            }
            return y;
        }

        private Tensor around(Hook.Call call) {
            var y = call.output();
            if (!y.requiresGrad() || !y.dtype().isFloating() || y.rank() == 0
                    || y.size(0) != (long) (places + 2) * rows) {
                return y; // of no input: a position, say
            }
            if (ELEMENTWISE.contains(call.type())) return on(rescaled(call.inputs().getFirst(), y), y);
            if (MAXIMUM.contains(call.type())) return on(greatest(call), y);
            if (LINEAR.contains(call.type()) || places == 0) return y;
            return on(through(y), y);
        }

        private Tensor on(Tensor x, Tensor all) { return between(x, part(all, 1)); }

        /** Δy / Δz; where z hardly differs, the gradient. */
        private Tensor rescaled(Tensor inputs, Tensor y) {
            var z = through(inputs);
            var change = z.detach().sub(part(inputs, 1).detach());
            var none = change.abs().lt(NONE);
            var multiplier = part(y, 0).sub(part(y, 1)).detach().div(change.maskedFill(none, 1));
            var secant = multiplier.mul(z.sub(z.detach()));
            var same = part(y, 0);
            var tangent = places == 0 ? same.sub(same.detach()) : secant;
            return same.detach().add(none.where(tangent, secant));
        }

        /**
         * What wins the larger of the two maxima takes all of Δy: at its place Δz is at least as large. Where which
         * place that is follows from a second derivative of the pooling, which is linear in between.
         */
        private Tensor greatest(Hook.Call call) {
            var pool = (Unary) call.layer();
            var inputs = call.inputs().getFirst();
            var z = through(inputs);
            var start = part(inputs, 1).detach();
            var change = z.detach().sub(start);
            var still = z.sub(z.detach());
            var here = pool.forward(z.detach().add(still));
            var there = pool.forward(start.add(still));
            var larger = here.ge(there);
            var chosen = larger.where(along(pool, z.detach(), change), along(pool, start, change));
            var rise = here.sub(there).detach();
            var none = chosen.abs().lt(NONE);
            var multiplier = none.where(rise.onesLike(), rise.div(chosen.maskedFill(none, 1)));
            var moved = larger.where(here.sub(here.detach()), there.sub(there.detach()));
            return part(call.output(), 0).detach().add(multiplier.mul(moved));
        }

        /** Of each window, the change at the place of its maximum. */
        private Tensor along(Unary pool, Tensor at, Tensor change) {
            var leaf = at.detach().requiresGrad_(true);
            var y = pool.forward(leaf);
            var u = y.detach().zerosLike().requiresGrad_(true);
            var back = Tensor.grad(List.of(y), List.of(u), List.of(leaf), true, true).getFirst();
            return back.mul(change).sum().gradOf(u, false);
        }
    }
}
