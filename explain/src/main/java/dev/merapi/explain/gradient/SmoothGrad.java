package dev.merapi.explain.gradient;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Explainer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;

/**
 * The mean of another explainer's answers to the input with noise, which shows less of what is accidental (Smilkov et
 * al. 2017, arXiv:1706.03825).
 *
 * @param noise its standard deviation, as a share of the range of the input's values
 */
public record SmoothGrad(Explainer explainer, int samples, double noise, long seed) implements Explainer {
    /** 25 samples with noise of 15 %. */
    public SmoothGrad(Explainer explainer) { this(explainer, 25, 0.15, 0); }

    public SmoothGrad {
        Expect.atLeast("SmoothGrad.samples", 1, samples);
        Expect.positive("SmoothGrad.noise", noise);
    }

    @Override public Attribution explain(Tensor x, int output) {
        var rng = new Rng(seed);
        var asItIs = explainer.explain(x, output);
        var mean = new double[asItIs.values().length];
        for (int s = 0; s < samples; s++) {
            try (var _ = Scope.open()) {
                double range = x.max().sub(x.min()).item();
                var drawn = Tensor.randn(rng, x.shape()).to(x.dtype()).to(x.device());
                double[] values = explainer.explain(x.add(drawn.mul(noise * range)), output).values();
                for (int i = 0; i < mean.length; i++) mean[i] += values[i] / samples;
            }
        }
        return new Attribution(asItIs.shape(), mean, Double.NaN, asItIs.output());
    }
}
