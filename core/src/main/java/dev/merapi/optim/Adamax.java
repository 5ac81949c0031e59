package dev.merapi.optim;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import java.util.List;

/**
 * AdaMax (Kingma and Ba 2015, algorithm 2), {@link Adam} with the infinity norm: m ← β₁ m + (1 − β₁) g,
 * u ← max(β₂ u, |g| + ε), θ ← θ − η / (1 − β₁ᵗ) · m / u. As {@code torch.optim.Adamax}.
 */
public final class Adamax extends AbstractOptimizer {
    private final Options options;

    /**
     * @param beta1 decay of the mean of gradients, in [0, 1)
     * @param beta2 decay of the largest magnitude, in [0, 1)
     * @param eps added to each magnitude
     * @param weightDecay λ of the term λ θ that is added to the gradient
     */
    public record Options(double beta1, double beta2, double eps, double weightDecay) {
        public static final Options DEFAULT = new Options(0.9, 0.999, 1e-8, 0);

        public Options {
            Expect.fraction("Adamax.beta1", beta1);
            Expect.fraction("Adamax.beta2", beta2);
            Expect.positive("Adamax.eps", eps);
            Expect.atLeast("Adamax.weightDecay", 0, weightDecay);
        }
    }

    /** For all parameters of a layer, with the default options. */
    public Adamax(Layer layer, double learningRate) { this(layer, learningRate, Options.DEFAULT); }

    /** For all parameters of a layer. */
    public Adamax(Layer layer, double learningRate, Options options) {
        this(List.of(ParamGroup.of(layer)), learningRate, options);
    }

    /** With the default options. */
    public Adamax(List<ParamGroup> groups, double learningRate) { this(groups, learningRate, Options.DEFAULT); }

    /** @throws IllegalArgumentException without parameters, or for a parameter in two groups */
    public Adamax(List<ParamGroup> groups, double learningRate, Options options) {
        super(groups, learningRate);
        this.options = options;
    }

    @Override protected List<String> slots() { return List.of("exp_avg", "exp_inf"); }

    @Override protected void update(Bucket b) {
        var g = b.decayed(options.weightDecay);
        var m = b.slots("exp_avg").lerp_(g, 1 - options.beta1);
        var u = b.slots("exp_inf").mul_(options.beta2).maximum_(g.abs().add_(options.eps));
        b.params().addcdiv_(m, u, -b.rate() / (1 - Math.pow(options.beta1, b.step())));
    }
}
