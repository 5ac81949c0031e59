package dev.merapi.optim;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import java.util.List;

/**
 * Stochastic gradient descent: θ ← θ − η v, where v is the gradient, or with momentum μ the running sum
 * v ← μ v + (1 − dampening) g. Nesterov's variant steps along g + μ v. A sparse gradient changes the
 * rows that it names alone, without momentum and weight decay. As {@code torch.optim.SGD}.
 */
public final class Sgd extends AbstractOptimizer {
    private static final String MOMENTUM = "momentum_buffer";

    private final Options options;

    /**
     * @param momentum μ in [0, 1)
     * @param dampening share of each gradient that does not enter the running sum, in [0, 1); the first enters whole
     * @param nesterov look ahead along the running sum; needs a momentum and no dampening
     * @param weightDecay λ of the term λ θ that is added to the gradient
     */
    public record Options(double momentum, double dampening, boolean nesterov, double weightDecay) {
        public static final Options DEFAULT = new Options(0, 0, false, 0);

        public Options {
            Expect.fraction("Sgd.momentum", momentum);
            Expect.fraction("Sgd.dampening", dampening);
            Expect.atLeast("Sgd.weightDecay", 0, weightDecay);
            if (nesterov && (momentum == 0 || dampening != 0)) {
                throw new IllegalArgumentException("Sgd: Nesterov's variant expects a momentum and no dampening."
                        + " Received momentum " + momentum + ", dampening " + dampening);
            }
        }

        /** The same with another momentum. */
        public Options momentum(double momentum) { return new Options(momentum, dampening, nesterov, weightDecay); }

        /** The same with another dampening. */
        public Options dampening(double share) { return new Options(momentum, share, nesterov, weightDecay); }

        /** With this momentum and Nesterov's look-ahead. */
        public Options nesterov(double momentum) { return new Options(momentum, 0, true, weightDecay); }

        /** The same with another weight decay. */
        public Options weightDecay(double decay) { return new Options(momentum, dampening, nesterov, decay); }
    }

    /** For all parameters of a layer, without momentum. */
    public Sgd(Layer layer, double learningRate) { this(layer, learningRate, Options.DEFAULT); }

    /** For all parameters of a layer. */
    public Sgd(Layer layer, double learningRate, double momentum) {
        this(layer, learningRate, Options.DEFAULT.momentum(momentum));
    }

    /** For all parameters of a layer. */
    public Sgd(Layer layer, double learningRate, Options options) {
        this(List.of(ParamGroup.of(layer)), learningRate, options);
    }

    /** Without momentum. */
    public Sgd(List<ParamGroup> groups, double learningRate) { this(groups, learningRate, Options.DEFAULT); }

    /** @throws IllegalArgumentException without parameters, or for a parameter in two groups */
    public Sgd(List<ParamGroup> groups, double learningRate, Options options) {
        super(groups, learningRate);
        this.options = options;
    }

    @Override protected List<String> slots() { return options.momentum == 0 ? List.of() : List.of(MOMENTUM); }

    @Override protected boolean takesSparse(ParamGroup group) {
        return options.momentum == 0 && options.weightDecay * group.decay() == 0;
    }

    @Override protected void update(Bucket b) {
        var v = options.momentum == 0 ? Tensors.NONE : b.slots(MOMENTUM);
        boolean first = b.step() == 1; // v starts as the first gradient, undampened
        Tensors.callAll("_fused_sgd_", "", b.params(), b.grads(), v, options.weightDecay * b.decay(), options.momentum,
                b.rate(), options.dampening, options.nesterov, false, first, null, null);
    }
}
