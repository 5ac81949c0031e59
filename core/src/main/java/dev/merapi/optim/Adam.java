package dev.merapi.optim;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import java.util.List;

/**
 * Adam (Kingma and Ba 2015, algorithm 1): with m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g²,
 * θ ← θ − η m̂ / (√v̂ + ε), where m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ). Weight decay is added to the gradient; see
 * {@link AdamW} for the decoupled one. As {@code torch.optim.Adam}.
 *
 * <p>Where a gradient is sparse, only the rows that it names, and their m and v, change ("lazy Adam"):
 * θ ← θ − η √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε), t being the parameter's own steps. As
 * {@code torch.optim.SparseAdam}; without weight decay and amsgrad.
 */
public final class Adam extends AbstractOptimizer {
    private final Options options;

    /**
     * @param beta1 decay of the mean of gradients, in [0, 1)
     * @param beta2 decay of the mean of squared gradients, in [0, 1)
     * @param eps added to the denominator
     * @param weightDecay λ
     * @param amsgrad divide by the largest v so far (Reddi et al. 2018)
     */
    public record Options(double beta1, double beta2, double eps, double weightDecay, boolean amsgrad) {
        public static final Options DEFAULT = new Options(0.9, 0.999, 1e-8, 0, false);

        public Options {
            Expect.fraction("Adam.beta1", beta1);
            Expect.fraction("Adam.beta2", beta2);
            Expect.atLeast("Adam.eps", 0, eps);
            Expect.atLeast("Adam.weightDecay", 0, weightDecay);
        }

        /** The same with other decays of the two means. */
        public Options betas(double b1, double b2) { return new Options(b1, b2, eps, weightDecay, amsgrad); }

        /** The same with another number added to the denominator. */
        public Options eps(double eps) { return new Options(beta1, beta2, eps, weightDecay, amsgrad); }

        /** The same with another weight decay. */
        public Options weightDecay(double decay) { return new Options(beta1, beta2, eps, decay, amsgrad); }

        /** The same, divided by the largest v so far or not. */
        public Options amsgrad(boolean on) { return new Options(beta1, beta2, eps, weightDecay, on); }
    }

    /** For all parameters of a layer, with the default options. */
    public Adam(Layer layer, double learningRate) { this(layer, learningRate, Options.DEFAULT); }

    /** For all parameters of a layer. */
    public Adam(Layer layer, double learningRate, Options options) {
        this(List.of(ParamGroup.of(layer)), learningRate, options);
    }

    /** With the default options. */
    public Adam(List<ParamGroup> groups, double learningRate) { this(groups, learningRate, Options.DEFAULT); }

    /** @throws IllegalArgumentException without parameters, or for a parameter in two groups */
    public Adam(List<ParamGroup> groups, double learningRate, Options options) {
        super(groups, learningRate);
        this.options = options;
    }

    @Override protected List<String> slots() { return slots(options); }

    @Override protected boolean takesSparse(ParamGroup group) { return takesSparse(options, group); }

    @Override protected void update(Bucket b) { update("_fused_adam_", b, options); }

    static List<String> slots(Options options) {
        return options.amsgrad ? List.of("exp_avg", "exp_avg_sq", "max_exp_avg_sq") : List.of("exp_avg", "exp_avg_sq");
    }

    static boolean takesSparse(Options o, ParamGroup group) {
        return o.weightDecay * group.decay() == 0 && !o.amsgrad;
    }

    static void update(String kernel, Bucket b, Options o) {
        // SparseAdam corrects √v + ε as a whole, the kernel √v alone.
        double eps = b.isSparse() ? o.eps / Math.sqrt(1 - Math.pow(o.beta2, b.step())) : o.eps;
        var largest = o.amsgrad ? b.slots("max_exp_avg_sq") : Tensors.NONE;
        Tensors.callAll(kernel, "", b.params(), b.grads(), b.slots("exp_avg"), b.slots("exp_avg_sq"), largest,
                b.steps(), b.rate(), o.beta1, o.beta2, o.weightDecay * b.decay(), eps, o.amsgrad, false, null, null);
    }
}
