package dev.merapi.explain.measure;

import dev.merapi.explain.Explainer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;

/** How far an explanation moves when the input hardly does (Yeh et al. 2019, arXiv:1901.09392). */
public final class Sensitivity {
    private Sensitivity() {}

    /**
     * The greatest change of the contributions over inputs nearby, as a share of their length. 0 is best.
     *
     * @param radius the most that an element of the input is moved
     */
    public static double most(Explainer explainer, Tensor x, int output, double radius, int samples, long seed) {
        Expect.positive("Sensitivity.radius", radius);
        Expect.atLeast("Sensitivity.samples", 1, samples);
        double[] here = explainer.explain(x, output).values();
        double length = length(here, new double[here.length]);
        double most = 0;
        var rng = new Rng(seed);
        for (int s = 0; s < samples; s++) {
            try (var _ = Scope.open()) {
                var moved = Tensor.rand(rng, x.shape()).mul(2 * radius).sub(radius).to(x.dtype()).to(x.device());
                most = Math.max(most, length(here, explainer.explain(x.add(moved), output).values()));
            }
        }
        return length == 0 ? most : most / length;
    }

    private static double length(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return Math.sqrt(sum);
    }
}
