package dev.merapi.explain;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/** What all explainers ask of inputs and outputs. */
public final class Checks {
    private Checks() {}

    /** @throws IllegalArgumentException unless x is one input (1, …) */
    public static void one(Tensor x) {
        Expect.that(x.rank() >= 2 && x.size(0) == 1, "Explainer", "one input (1, …)", Shapes.toString(x.shape()));
    }

    /** The shape of one of the rows of x (B, …). */
    public static long[] row(Tensor x) { return Arrays.copyOfRange(x.shape(), 1, x.rank()); }

    /**
     * One of the outputs of a model.
     *
     * @param scores (B, outputs), or (B) where there is one
     * @return (B)
     * @throws IllegalArgumentException if there is no such output
     */
    public static Tensor output(Tensor scores, int output) {
        var all = scores.rank() == 1 ? scores.unsqueeze(1) : scores;
        Expect.that(all.rank() == 2, "Explainer", "a model that gives (B, outputs)", Shapes.toString(scores.shape()));
        Expect.that(output >= 0 && output < all.size(1), "output",
                "0 to " + (all.size(1) - 1) + ", the model's outputs", output);
        return all.select(1, output);
    }
}
