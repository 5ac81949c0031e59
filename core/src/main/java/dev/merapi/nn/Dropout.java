package dev.merapi.nn;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Tensor;

/**
 * In training, sets each element to 0 with probability p and scales the others by 1 / (1 - p); else y = x.
 * Any shape. Srivastava et al. 2014, JMLR 15.
 */
public final class Dropout extends Layer implements Unary {
    private final double p;
    private final Rng rng; // null: the process's

    /**
     * @throws IllegalArgumentException unless 0 ≤ p ≤ 1
     */
    public Dropout(double p) { this(p, null); }

    /**
     * What is dropped is drawn from {@code rng}, on the device of the inputs. A checkpoint holds the state of the
     * process's generators, not of this one.
     */
    public Dropout(double p, Rng rng) {
        Expect.probability("Dropout", p);
        this.p = p;
        this.rng = rng;
    }

    @Override public Tensor forward(Tensor x) {
        return hooked(rng == null ? F.dropout(x, p, isTraining()) : F.dropout(x, p, isTraining(), rng), x);
    }
}
