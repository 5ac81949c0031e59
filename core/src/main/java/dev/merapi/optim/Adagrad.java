package dev.merapi.optim;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import java.util.List;

/**
 * AdaGrad (Duchi et al. 2011): s ← s + g², θ ← θ − η g / (√s + ε). Each element's steps shrink with the gradients that
 * it has seen, which suits rare features. A sparse gradient changes the rows that it names alone, without weight decay.
 * As {@code torch.optim.Adagrad}.
 */
public final class Adagrad extends AbstractOptimizer {
    private static final String SUM = "sum";

    private final Options options;

    /**
     * @param rateDecay δ: the learning rate at step t is η / (1 + (t − 1) δ)
     * @param initialSum the first s
     * @param eps added to the denominator
     * @param weightDecay λ of the term λ θ that is added to the gradient
     */
    public record Options(double rateDecay, double initialSum, double eps, double weightDecay) {
        public static final Options DEFAULT = new Options(0, 0, 1e-10, 0);

        public Options {
            Expect.atLeast("Adagrad.rateDecay", 0, rateDecay);
            Expect.atLeast("Adagrad.initialSum", 0, initialSum);
            Expect.atLeast("Adagrad.eps", 0, eps);
            Expect.atLeast("Adagrad.weightDecay", 0, weightDecay);
        }
    }

    /** For all parameters of a layer, with the default options. */
    public Adagrad(Layer layer, double learningRate) { this(layer, learningRate, Options.DEFAULT); }

    /** For all parameters of a layer. */
    public Adagrad(Layer layer, double learningRate, Options options) {
        this(List.of(ParamGroup.of(layer)), learningRate, options);
    }

    /** With the default options. */
    public Adagrad(List<ParamGroup> groups, double learningRate) { this(groups, learningRate, Options.DEFAULT); }

    /** @throws IllegalArgumentException without parameters, or for a parameter in two groups */
    public Adagrad(List<ParamGroup> groups, double learningRate, Options options) {
        super(groups, learningRate);
        this.options = options;
    }

    @Override protected List<String> slots() { return List.of(SUM); }

    @Override protected boolean takesSparse(ParamGroup group) { return options.weightDecay * group.decay() == 0; }

    @Override protected void update(Bucket b) {
        Tensors.callAll("_fused_adagrad_", "", b.params(), b.grads(), b.slots(SUM, options.initialSum), b.steps(),
                b.rate(), options.rateDecay, options.weightDecay * b.decay(), options.eps, false, null, null);
    }
}
