package dev.merapi.optim;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * FTRL-Proximal (McMahan et al. 2013, "Ad click prediction: a view from the trenches", algorithm 1): with n ← n + g²
 * and z ← z + g − (√n − √n before) / η · θ, each weight is 0 where |z| ≤ λ₁, else −(z − λ₁ sgn z) / ((β + √n) / η +
 * λ₂). Weights of rare or useless features stay exactly 0. For linear models whose weights begin at 0. A sparse
 * gradient changes the rows that it names alone.
 *
 * <p>The first step keeps weights that are not 0: z begins so that they are what it asks for without penalties.
 */
public final class Ftrl extends AbstractOptimizer {
    private static final String SUM = "sum";
    private static final String Z = "z";

    private final Options options;

    /**
     * @param beta β, at least 0
     * @param l1 λ₁
     * @param l2 λ₂
     */
    public record Options(double beta, double l1, double l2) {
        /** β = 1, as the paper; no penalties. */
        public static final Options DEFAULT = new Options(1, 0, 0);

        public Options {
            Expect.positive("Ftrl.beta", beta);
            Expect.atLeast("Ftrl.l1", 0, l1);
            Expect.atLeast("Ftrl.l2", 0, l2);
        }

        /** The same with another λ₁, which makes weights exactly 0. */
        public Options l1(double lambda) { return new Options(beta, lambda, l2); }

        /** The same with another λ₂. */
        public Options l2(double lambda) { return new Options(beta, l1, lambda); }
    }

    /** For all parameters of a layer, with the default options. */
    public Ftrl(Layer layer, double learningRate) { this(layer, learningRate, Options.DEFAULT); }

    /** For all parameters of a layer. */
    public Ftrl(Layer layer, double learningRate, Options options) {
        this(List.of(ParamGroup.of(layer)), learningRate, options);
    }

    /** @throws IllegalArgumentException without parameters, or for a parameter in two groups */
    public Ftrl(List<ParamGroup> groups, double learningRate, Options options) {
        super(groups, learningRate);
        this.options = options;
    }

    @Override protected List<String> slots() { return List.of(SUM, Z); }

    @Override protected boolean takesSparse(ParamGroup group) { return true; }

    @Override protected void update(Bucket b) {
        if (b.rate() == 0) return; // a warm-up's first step
        Tensors params = b.params(), grads = b.grads(), sums = b.slots(SUM), zs = b.slots(Z);
        for (int i = 0; i < b.size(); i++) update(params.get(i), grads.get(i), sums.get(i), zs.get(i), b.rate());
    }

    private void update(Tensor w, Tensor g, Tensor n, Tensor z, double rate) {
        var before = n.sqrt();
        // a weight whose z was never told of it: −w β / η gives it back
        var unseen = n.eq(0).and(z.eq(0));
        z.sub_(unseen.where(w.mul(options.beta / rate), w.zerosLike()));
        n.add_(g.square());
        var root = n.sqrt();
        z.add_(g.sub(root.sub(before).div(rate).mul(w)));
        var shrunk = z.sub(z.sign().mul(options.l1));
        var next = shrunk.neg().div(root.add(options.beta).div(rate).add(options.l2));
        w.copy_(z.abs().le(options.l1).where(w.zerosLike(), next));
    }
}
