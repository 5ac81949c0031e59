package dev.merapi.optim;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import java.util.List;

/**
 * ADADELTA (Zeiler 2012, algorithm 1): v ← ρ v + (1 − ρ) g², Δ = g √(u + ε) / √(v + ε), u ← ρ u + (1 − ρ) Δ²,
 * θ ← θ − η Δ; the paper has η = 1. As {@code torch.optim.Adadelta}.
 */
public final class Adadelta extends AbstractOptimizer {
    private final Options options;

    /**
     * @param rho decay of both means, in [0, 1)
     * @param eps added to both
     * @param weightDecay λ of the term λ θ that is added to the gradient
     */
    public record Options(double rho, double eps, double weightDecay) {
        public static final Options DEFAULT = new Options(0.9, 1e-6, 0);

        public Options {
            Expect.fraction("Adadelta.rho", rho);
            Expect.positive("Adadelta.eps", eps);
            Expect.atLeast("Adadelta.weightDecay", 0, weightDecay);
        }
    }

    /** For all parameters of a layer, with the default options. */
    public Adadelta(Layer layer, double learningRate) { this(layer, learningRate, Options.DEFAULT); }

    /** For all parameters of a layer. */
    public Adadelta(Layer layer, double learningRate, Options options) {
        this(List.of(ParamGroup.of(layer)), learningRate, options);
    }

    /** With the default options. */
    public Adadelta(List<ParamGroup> groups, double learningRate) { this(groups, learningRate, Options.DEFAULT); }

    /** @throws IllegalArgumentException without parameters, or for a parameter in two groups */
    public Adadelta(List<ParamGroup> groups, double learningRate, Options options) {
        super(groups, learningRate);
        this.options = options;
    }

    @Override protected List<String> slots() { return List.of("square_avg", "acc_delta"); }

    @Override protected void update(Bucket b) {
        double rho = options.rho, eps = options.eps;
        var g = b.decayed(options.weightDecay);
        var v = b.slots("square_avg").mul_(rho).addcmul_(g, g, 1 - rho);
        var u = b.slots("acc_delta");
        var delta = u.add(eps).sqrt_().div_(v.add(eps).sqrt_()).mul_(g);
        u.mul_(rho).addcmul_(delta, delta, 1 - rho);
        b.params().add_(delta, -b.rate());
    }
}
