package dev.merapi.metric;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;

/** What a model's predictions are. */
public enum Predictions {
    /** Unnormalised: the last layer's output. */
    LOGITS {
        @Override Tensor probabilities(Tensor x, boolean binary) { return binary ? x.sigmoid() : x.softmax(-1); }

        @Override Tensor scores(Tensor x) {
            if (x.size(1) == 2) return x.select(1, 1).sub(x.select(1, 0));
            long[] row = {1};
            var top = x.amax(row, true);                                                  // (n, 1)
            var exp = x.sub(top).exp();                                                   // (n, C), the greatest 1
            var isTop = x.newArange(x.size(1)).eq(x.argmax(1).unsqueeze(1));
            var ofTop = top.sub(x.maskedFill(isTop, Double.NEGATIVE_INFINITY).logSumExp(row, true));
            return isTop.where(ofTop, x.sub(top).sub(exp.sum(row, true).sub(exp).log()));
        }

        @Override Tensor logLikelihood(Tensor x, Tensor labels, boolean binary) {
            if (!binary) return pick(x.logSoftmax(-1), labels);
            var signed = x.mul(labels.mul(2).sub(1)); // log σ(z), without overflow: min(z, 0) - log(1 + exp(-|z|))
            return signed.clamp(null, 0).sub(signed.abs().neg().exp().log1p());
        }
    },
    /** From 0 to 1, over all classes summing to 1. */
    PROBABILITIES {
        @Override Tensor probabilities(Tensor x, boolean binary) { return x; }

        @Override Tensor scores(Tensor x) { return x.size(1) == 2 ? x.select(1, 1) : x; }

        @Override Tensor logLikelihood(Tensor x, Tensor labels, boolean binary) {
            return (binary ? labels.eq(1).where(x, x.rsub(1)) : pick(x, labels)).log();
        }
    };

    /** Of the same shape; for {@code binary}, of class 1. */
    abstract Tensor probabilities(Tensor x, boolean binary);

    /**
     * What ranks x (n, C) as its probabilities do: (n, C), or of two classes (n), for class 1. Of logits it is log p -
     * log(1 - p), as p is rounded to 1 where a class is far ahead.
     */
    abstract Tensor scores(Tensor x);

    /** Log-probabilities of the labels (n), from x (n, C) or, if binary, (n). */
    abstract Tensor logLikelihood(Tensor x, Tensor labels, boolean binary);

    private static Tensor pick(Tensor x, Tensor labels) { return x.gather(1, labels.unsqueeze(1)).squeeze(1); }

    /** Types too coarse to compute in become float32. */
    static Tensor precise(Tensor x) {
        return x.dtype() == DType.FLOAT64 ? x : x.to(DType.FLOAT32);
    }
}
