package dev.merapi.protect.privacy;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;

/** Makes the gradient of a private step: the sum of clipped gradients of samples, then noise, then the mean. */
final class ClippedSum {
    private final Layer model;
    private final Clipping clipping;
    private double norm;
    private double below; // of the step's samples those within the norm; for adaptive clipping
    private double seen;

    ClippedSum(Layer model, Clipping clipping) {
        this.model = model;
        this.clipping = clipping;
        this.norm = clipping.norm();
    }

    /** The greatest norm of a sample's part in the step. */
    double norm() { return norm; }

    /** Goes on from another greatest norm, of a checkpoint. */
    void norm(double norm) { this.norm = norm; }

    /** Adds the gradients of some of the step's samples to those of the parameters. */
    void add(SampleGradients.Taken taken) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var squares = taken.squaredNorms();
            if (squares.isEmpty()) return;
            Tensor together = squares.values().stream().reduce(Tensor::add).orElseThrow().sqrt(); // (B)
            if (clipping instanceof Clipping.Adaptive) {
                below += together.le(norm).sum().itemLong();
                seen += taken.samples();
            }
            double each = norm / Math.sqrt(trained().size()); // of a parameter, where each is clipped by itself
            Tensor coefficients = coefficients(together, norm);
            squares.forEach((param, square) -> add(param, taken.weighted(param,
                    clipping instanceof Clipping.PerLayer ? coefficients(square.sqrt(), each) : coefficients)));
        }
    }

    /** What scales norms (B) down to {@code most}. */
    private static Tensor coefficients(Tensor norms, double most) {
        if (most == Double.POSITIVE_INFINITY) return norms.onesLike();
        return norms.add(1e-12).reciprocal().mul(most).clamp(null, 1); // NaN stays, and is found
    }

    private static void add(Param param, Tensor sum) {
        Tensor before = param.grad();
        param.grad(before == null ? sum.to(param.dtype()) : before.add(sum.to(param.dtype())));
    }

    /** The parameters that a step changes, also where none of its samples used them. */
    private List<Param> trained() { return model.params().values().stream().filter(Param::isTrainable).toList(); }

    /**
     * After the last sample: adds noise, and divides by the number of samples that a step has on the average.
     *
     * @param multiplier the σ that is accounted
     */
    void finish(double multiplier, double expected, GaussianNoise noise) {
        double own = clipping instanceof Clipping.Adaptive a ? besideCount(multiplier, a.countNoise()) : multiplier;
        double deviation = own == 0 ? 0 : own * norm;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            for (Param param : trained()) {
                Tensor sum = param.grad() == null ? param.zerosLike() : param.grad();
                Tensor noisy = deviation == 0 ? sum
                        : sum.add(noise.draw(param.shape()).mul(deviation).to(param.device()).to(param.dtype()));
                param.grad(noisy.div(expected));
            }
            if (clipping instanceof Clipping.Adaptive a) adapt(a, expected, noise, multiplier == 0);
        }
    }

    /** The noise of the gradients with which, beside the count's, a step spends as with {@code multiplier} alone. */
    static double besideCount(double multiplier, double countNoise) {
        if (multiplier == 0) return 0;
        double left = 1 / (multiplier * multiplier) - 1 / (4 * countNoise * countNoise);
        if (left > 0) return 1 / Math.sqrt(left);
        throw Expect.error("Clipping.Adaptive.countNoise", "more than half the noise multiplier "
                + multiplier, countNoise);
    }

    private void adapt(Clipping.Adaptive way, double expected, GaussianNoise noise, boolean exact) {
        double sum = below - seen / 2; // around 0, so that a sample changes it by half of 1
        double noisy = sum + (exact ? 0 : noise.draw(1).item() * way.countNoise());
        double share = noisy / expected + 0.5;
        norm *= Math.exp(-way.rate() * (share - way.quantile()));
        below = 0;
        seen = 0;
    }
}
