package dev.merapi.optim;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import java.util.List;

/**
 * Lion (Chen et al. 2023, algorithm 2): θ ← θ − η (sign(β₁ m + (1 − β₁) g) + λ θ), then m ← β₂ m + (1 − β₂) g. It keeps
 * half of Adam's state; the paper takes a third to a tenth of AdamW's learning rate, and a weight decay as many times
 * larger.
 */
public final class Lion extends AbstractOptimizer {
    private static final String MOMENTUM = "exp_avg";

    private final Options options;

    /**
     * @param beta1 share of the momentum in the direction, in [0, 1)
     * @param beta2 decay of the momentum, in [0, 1)
     * @param weightDecay λ, decoupled from the gradient
     */
    public record Options(double beta1, double beta2, double weightDecay) {
        /** The paper's. */
        public static final Options DEFAULT = new Options(0.9, 0.99, 0);

        public Options {
            Expect.fraction("Lion.beta1", beta1);
            Expect.fraction("Lion.beta2", beta2);
            Expect.atLeast("Lion.weightDecay", 0, weightDecay);
        }
    }

    /** For all parameters of a layer, with the default options. */
    public Lion(Layer layer, double learningRate) { this(layer, learningRate, Options.DEFAULT); }

    /** For all parameters of a layer. */
    public Lion(Layer layer, double learningRate, Options options) {
        this(List.of(ParamGroup.of(layer)), learningRate, options);
    }

    /** With the default options. */
    public Lion(List<ParamGroup> groups, double learningRate) { this(groups, learningRate, Options.DEFAULT); }

    /** @throws IllegalArgumentException without parameters, or for a parameter in two groups */
    public Lion(List<ParamGroup> groups, double learningRate, Options options) {
        super(groups, learningRate);
        this.options = options;
    }

    @Override protected List<String> slots() { return List.of(MOMENTUM); }

    @Override protected void update(Bucket b) {
        var g = b.grads();
        var m = b.slots(MOMENTUM);
        var direction = m.lerp(g, 1 - options.beta1).sign_();
        b.params().mul_(1 - b.rate() * options.weightDecay * b.decay()).add_(direction, -b.rate());
        m.lerp_(g, 1 - options.beta2);
    }
}
