package dev.merapi.metric;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;

/** What a model's predictions are. */
public enum Predictions {
    /** Unnormalised: the last layer's output. */
    LOGITS {
        @Override Tensor probabilities(Tensor x, boolean binary) { return binary ? x.sigmoid() : x.softmax(-1); }

        @Override Tensor logLikelihood(Tensor x, Tensor labels, boolean binary) {
            if (!binary) return pick(x.logSoftmax(-1), labels);
            var signed = x.mul(labels.mul(2).sub(1)); // log σ(z), without overflow: min(z, 0) - log(1 + exp(-|z|))
            return signed.clamp(null, 0).sub(signed.abs().neg().exp().log1p());
        }
    },
    /** From 0 to 1, over all classes summing to 1. */
    PROBABILITIES {
        @Override Tensor probabilities(Tensor x, boolean binary) { return x; }

        @Override Tensor logLikelihood(Tensor x, Tensor labels, boolean binary) {
            return (binary ? labels.eq(1).where(x, x.rsub(1)) : pick(x, labels)).log();
        }
    };

    /** Of the same shape; for {@code binary}, of class 1. */
    abstract Tensor probabilities(Tensor x, boolean binary);

    /** Log-probabilities of the labels (n), from x (n, C) or, if binary, (n). */
    abstract Tensor logLikelihood(Tensor x, Tensor labels, boolean binary);

    private static Tensor pick(Tensor x, Tensor labels) { return x.gather(1, labels.unsqueeze(1)).squeeze(1); }

    /** Types too coarse to compute in become float32. */
    static Tensor precise(Tensor x) {
        return x.dtype() == DType.FLOAT64 ? x : x.to(DType.FLOAT32);
    }
}
