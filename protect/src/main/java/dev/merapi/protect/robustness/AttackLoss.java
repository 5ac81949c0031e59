package dev.merapi.protect.robustness;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.tensor.Tensor;

/** What an attack raises. */
public enum AttackLoss {
    /** −log of the true class's probability. */
    CROSS_ENTROPY {
        @Override public Tensor each(Tensor logits, Tensor y) { return new CrossEntropy().each(logits, y); }
    },

    /** How far the best other class is above the true one: above 0 the model errs (Carlini and Wagner 2017). */
    MARGIN {
        @Override public Tensor each(Tensor logits, Tensor y) { return other(logits, y).sub(truth(logits, y)); }
    },

    /**
     * The margin divided by the distance of the first logit from the third, which does not change with their scale, so
     * that large logits hide no gradient (Croce and Hein 2020, arXiv:2003.01690); of two classes the margin.
     */
    LOGITS_RATIO {
        @Override public Tensor each(Tensor logits, Tensor y) {
            var margin = MARGIN.each(logits, y);
            if (logits.size(1) < 3) return margin;
            var sorted = logits.sort(1, true).values();
            return margin.div(sorted.select(1, 0).sub(sorted.select(1, 2)).add(1e-12));
        }
    };

    /**
     * Of each input (B).
     *
     * @param logits (B, classes)
     * @param y classes (B)
     */
    public abstract Tensor each(Tensor logits, Tensor y);

    private static Tensor truth(Tensor logits, Tensor y) { return logits.gather(1, y.unsqueeze(1)).squeeze(1); }

    private static Tensor other(Tensor logits, Tensor y) {
        return logits.maskedFill(y.oneHot(logits.size(1)).ne(0), Double.NEGATIVE_INFINITY).amax(1);
    }
}
