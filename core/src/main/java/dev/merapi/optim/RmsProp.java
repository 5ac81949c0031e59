package dev.merapi.optim;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.List;

/**
 * RMSProp (Hinton 2012, lecture 6e): v ← α v + (1 − α) g², θ ← θ − η g / (√v + ε). Centred (Graves 2013), v loses the
 * square of the mean gradient; with momentum μ, the steps gather in b ← μ b + g / (√v + ε). As
 * {@code torch.optim.RMSprop}.
 */
public final class RmsProp extends AbstractOptimizer {
    private final Options options;

    /**
     * @param alpha decay of the mean of squared gradients, in [0, 1)
     * @param momentum μ in [0, 1)
     * @param centered divide by the deviation of gradients, not by their magnitude
     * @param eps added to the denominator
     * @param weightDecay λ of the term λ θ that is added to the gradient
     */
    public record Options(double alpha, double momentum, boolean centered, double eps, double weightDecay) {
        public static final Options DEFAULT = new Options(0.99, 0, false, 1e-8, 0);

        public Options {
            Expect.fraction("RmsProp.alpha", alpha);
            Expect.fraction("RmsProp.momentum", momentum);
            Expect.atLeast("RmsProp.eps", 0, eps);
            Expect.atLeast("RmsProp.weightDecay", 0, weightDecay);
        }
    }

    /** For all parameters of a layer, with the default options. */
    public RmsProp(Layer layer, double learningRate) { this(layer, learningRate, Options.DEFAULT); }

    /** For all parameters of a layer. */
    public RmsProp(Layer layer, double learningRate, Options options) {
        this(List.of(ParamGroup.of(layer)), learningRate, options);
    }

    /** With the default options. */
    public RmsProp(List<ParamGroup> groups, double learningRate) { this(groups, learningRate, Options.DEFAULT); }

    /** @throws IllegalArgumentException without parameters, or for a parameter in two groups */
    public RmsProp(List<ParamGroup> groups, double learningRate, Options options) {
        super(groups, learningRate);
        this.options = options;
    }

    @Override protected List<String> slots() {
        var slots = new ArrayList<>(List.of("square_avg"));
        if (options.centered) slots.add("grad_avg");
        if (options.momentum > 0) slots.add("momentum_buffer");
        return slots;
    }

    @Override protected void update(Bucket b) {
        double fresh = 1 - options.alpha;
        var g = b.decayed(options.weightDecay);
        var v = b.slots("square_avg").mul_(options.alpha).addcmul_(g, g, fresh);
        if (options.centered) {
            var mean = b.slots("grad_avg").lerp_(g, fresh);
            v = v.addcmul(mean, mean, -1);
        }
        var root = v.sqrt().add_(options.eps);
        if (options.momentum == 0) {
            b.params().addcdiv_(g, root, -b.rate());
        } else {
            b.params().add_(b.slots("momentum_buffer").mul_(options.momentum).addcdiv_(g, root, 1), -b.rate());
        }
    }
}
