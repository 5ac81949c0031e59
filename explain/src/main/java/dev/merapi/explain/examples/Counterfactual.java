package dev.merapi.explain.examples;

import dev.merapi.explain.Checks;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What would have to be other for another answer: the input is moved along the gradient until the model prefers a
 * class, not further than it must, each feature by its deviation among known rows and never beyond their range
 * (Wachter et al. 2017, arXiv:1711.00399). Then features that are not needed go back, those that have moved least
 * first.
 *
 * @param known rows (N, columns) of numbers, which say what is plausible
 * @param immutable columns that stay, such as the age
 */
public record Counterfactual(Unary model, Tensor known, List<Integer> immutable) {
    private static final int STEPS = 500;
    private static final double RATE = 0.05; // of a deviation, at a step
    private static final double MARGIN = 0.05; // by which the class is to be preferred

    /**
     * @param x what was found, near the input
     * @param changed its columns that are other
     */
    public record Found(double[] x, List<Integer> changed) {}

    /**
     * A row near x (1, columns) for which the model gives {@code target} more than any other class; of a model of one
     * output, more than 0 for target 1 and less for 0.
     *
     * @throws IllegalArgumentException if none is found within the range of the known rows
     */
    public Found of(Tensor x, int target) {
        Checks.one(x);
        Expect.that(x.rank() == 2 && known.rank() == 2 && known.size(1) == x.size(1), "Counterfactual",
                "known rows with the input's columns, " + Shapes.toString(Checks.row(x)),
                Shapes.toString(known.shape()));
        try (var _ = Scope.open(); var _ = Torch.enableGrad()) {
            long[] rows = {0};
            var low = known.amin(rows, true).minimum(x);
            var high = known.amax(rows, true).maximum(x);
            var deviation = known.std(rows, 0, true).mul(free(x));
            var moved = x.detach();
            for (int step = 0; step < STEPS; step++) {
                var leaf = moved.detach().requiresGrad_(true);
                var margin = margin(model.forward(leaf), target);
                if (margin.item() > MARGIN) return sparse(x, moved, target);
                // the direction in which a step of the deviations gains most
                var slope = margin.sum().gradOf(leaf, false);
                Expect.that(slope != null, "Counterfactual", "a model with gradients", "one without");
                var direction = slope.mul(deviation);
                double length = direction.norm().item();
                if (length == 0) break;
                moved = moved.add(direction.mul(deviation).mul(RATE / length)).maximum(low).minimum(high).detach();
            }
        }
        throw Expect.error("Counterfactual", "an input for output " + target + " within the range of the known rows",
                "none within " + STEPS + " steps", "let more columns change, or give more known rows");
    }

    private Tensor free(Tensor x) {
        var free = new double[Math.toIntExact(x.size(1))];
        Arrays.fill(free, 1);
        for (int column : immutable) {
            Expect.that(column >= 0 && column < free.length, "Counterfactual.immutable", "0 to " + (free.length - 1),
                    column);
            free[column] = 0;
        }
        return Tensor.of(free, 1, free.length).to(x.dtype()).to(x.device());
    }

    /** How much more than the best other class. */
    private static Tensor margin(Tensor scores, int target) {
        if (scores.rank() == 1 || scores.size(1) == 1) {
            Expect.that(target == 0 || target == 1, "target", "0 or 1", target);
            return target == 1 ? scores.flatten() : scores.flatten().neg();
        }
        var own = Checks.output(scores, target);
        var others = scores.narrow(1, 0, target);
        var after = scores.narrow(1, target + 1, scores.size(1) - target - 1);
        return own.sub(Tensor.cat(List.of(others, after), 1).amax(1));
    }

    private Found sparse(Tensor x, Tensor moved, int target) {
        double[] from = x.to(DType.FLOAT64).toDoubles();
        double[] to = moved.to(DType.FLOAT64).toDoubles();
        double[] scale = known.std(new long[] {0}, 0, false).to(DType.FLOAT64).toDoubles();
        var order = new ArrayList<Integer>();
        for (int i = 0; i < from.length; i++) if (from[i] != to[i]) order.add(i);
        order.sort(Comparator.comparingDouble(i -> Math.abs(to[i] - from[i]) / Math.max(1e-12, scale[i])));
        var changed = new ArrayList<>(order);
        for (int i : order) {
            double kept = to[i];
            to[i] = from[i];
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                var row = Tensor.of(to, 1, to.length).to(x.dtype()).to(x.device());
                if (margin(model.forward(row), target).item() > 0) changed.remove((Integer) i);
                else to[i] = kept;
            }
        }
        changed.sort(null);
        return new Found(to, List.copyOf(changed));
    }
}
