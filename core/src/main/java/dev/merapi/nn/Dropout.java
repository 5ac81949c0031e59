package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/**
 * In training, sets each element to 0 with probability p and scales the others by 1 / (1 - p); else y = x.
 * Any shape. Srivastava et al. 2014, JMLR 15.
 */
public final class Dropout extends Layer implements Unary {
    private final double p;

    /**
     * @throws IllegalArgumentException unless 0 ≤ p ≤ 1
     */
    public Dropout(double p) {
        Expect.argument(p >= 0 && p <= 1, "Dropout", "a probability from 0 to 1", p);
        this.p = p;
    }

    @Override public Tensor forward(Tensor x) { return F.dropout(x, p, isTraining()); }
}
