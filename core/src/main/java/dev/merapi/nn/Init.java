package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/**
 * How a new parameter gets its first values.
 *
 * <p>Fan-in and fan-out are torch's: of a weight (out, in, kernel…), in · kernel and out · kernel.
 */
@FunctionalInterface
public interface Init {
    /** Fills {@code t} in place and returns it. */
    Tensor fill(Tensor t);

    /** Gives an existing parameter new values, unless it is on {@link Device#META}, where there are none. */
    default void apply(Param param) {
        if (param.device().equals(Device.META)) return;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            fill(param);
        }
    }

    /** All 0. */
    static Init zeros() { return Tensor::zero_; }

    /** All 1. */
    static Init ones() { return constant(1); }

    /** All of one value. */
    static Init constant(double value) { return t -> t.fill_(value); }

    /** Drawn evenly from [low, high). */
    static Init uniform(double low, double high) { return t -> t.uniform_(low, high); }

    /** Drawn from a normal distribution. */
    static Init normal(double mean, double std) { return t -> t.normal_(mean, std); }

    /** Normal, without the tails outside {@code low} to {@code high}. */
    static Init truncatedNormal(double mean, double std, double low, double high) {
        return t -> {
            double from = 2 * normalCdf((low - mean) / std) - 1;
            double to = 2 * normalCdf((high - mean) / std) - 1;
            t.uniform_(from, to);
            t.copy_(Tensor.call("erfinv", "", t)).mul_(std * Math.sqrt(2)).add_(mean);
            return t.clamp_(low, high);
        };
    }

    /** Normal of mean 0 without the tails beyond two deviations, as BERT and the Vision Transformer start. */
    static Init truncatedNormal(double std) { return truncatedNormal(0, std, -2 * std, 2 * std); }

    /** Uniform of variance 2 / (fan-in + fan-out). Glorot and Bengio 2010. */
    static Init xavierUniform() {
        return t -> {
            double bound = Math.sqrt(6.0 / (fanIn(t) + fanOut(t)));
            return t.uniform_(-bound, bound);
        };
    }

    /** Normal of variance 2 / (fan-in + fan-out). Glorot and Bengio 2010. */
    static Init xavierNormal() { return t -> t.normal_(0, Math.sqrt(2.0 / (fanIn(t) + fanOut(t)))); }

    /** Uniform of variance 2 / fan-in, for ReLU. He et al. 2015, arXiv:1502.01852. */
    static Init kaimingUniform() {
        return t -> {
            double bound = Math.sqrt(6.0 / fanIn(t));
            return t.uniform_(-bound, bound);
        };
    }

    /** Normal of variance 2 / fan-in, for ReLU. He et al. 2015, arXiv:1502.01852. */
    static Init kaimingNormal() { return t -> t.normal_(0, Math.sqrt(2.0 / fanIn(t))); }

    /** Normal of variance 2 / fan-out, which keeps the gradients' size: as ResNet's convolutions start. */
    static Init kaimingNormalFanOut() { return t -> t.normal_(0, Math.sqrt(2.0 / fanOut(t))); }

    /**
     * Rows, or columns if they are fewer, orthonormal and times {@code gain}. Saxe et al. 2013,
     * arXiv:1312.6120.
     */
    static Init orthogonal(double gain) {
        return t -> {
            long rows = matrix("Init.orthogonal", t).size(0);
            long columns = t.numel() / rows;
            var qr = t.newEmpty(DType.FLOAT32, Math.max(rows, columns), Math.min(rows, columns)).normal_(0, 1).qr();
            var q = qr.q().mul(qr.r().diag().sign()); // uniform over all such matrices
            return t.copy_((rows < columns ? q.mT() : q).reshape(t.shape())).mul_(gain);
        };
    }

    private static double fanIn(Tensor t) {
        return (double) matrix("Init", t).numel() / t.size(0);
    }

    private static double fanOut(Tensor t) {
        return (double) matrix("Init", t).numel() / t.size(1);
    }

    private static Tensor matrix(String where, Tensor t) {
        Expect.that(t.rank() >= 2, where, "a weight of at least 2 dims", "shape " + Shapes.toString(t.shape()));
        return t;
    }

    /** The standard normal distribution function. */
    private static double normalCdf(double x) {
        try (var _ = Scope.open()) {
            return (1 + Tensor.of(new double[] {x / Math.sqrt(2)}).erf().item()) / 2;
        }
    }
}
