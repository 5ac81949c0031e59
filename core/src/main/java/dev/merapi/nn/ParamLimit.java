package dev.merapi.nn;

import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Bounds how many numbers the parameters of a new model may have, before memory is taken for them: its settings may
 * come from a damaged file.
 */
public final class ParamLimit {
    private static final ScopedValue<ParamLimit> CURRENT = ScopedValue.newInstance();
    private static final double LEAST = 64; // what a parameter counts at least, so that small ones have an end too

    private final double most;
    private double taken;

    private ParamLimit(double most) {
        this.most = most;
    }

    /** Thrown where a model asks for more. */
    public static final class Exceeded extends RuntimeException {
        private static final long serialVersionUID = 1;

        private Exceeded(long[] shape) {
            super("a parameter of shape " + Arrays.toString(shape));
        }
    }

    /**
     * Makes a model whose parameters have at most so many numbers.
     *
     * @throws Exceeded naming the shape with which it would have more
     */
    public static <M> M within(double most, Supplier<M> model) {
        return ScopedValue.where(CURRENT, new ParamLimit(most)).call(model::get);
    }

    /** To be called before memory is taken for a parameter of this shape. */
    public static void take(long... shape) {
        if (!CURRENT.isBound()) return;
        var limit = CURRENT.get();
        double numbers = 1;
        for (long size : shape) numbers *= size;
        limit.taken += Math.max(LEAST, numbers);
        if (limit.taken > limit.most) throw new Exceeded(shape);
    }
}
