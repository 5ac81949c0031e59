package dev.merapi.tabular.classic;

import dev.merapi.tensor.Expect;

/**
 * Settings of classic models; each looks at its own.
 *
 * @param c of linear models and support vector machines: the weight of the errors against the penalty, C
 * @param trees of forests and boosting
 * @param depth of the trees, at most
 * @param rate by which boosting shrinks each tree
 * @param seed of forests and boosting
 */
public record ClassicOptions(double c, int trees, int depth, double rate, long seed) {
    /** C = 1, 200 trees of depth 6, rate 0.1. */
    public static final ClassicOptions DEFAULT = new ClassicOptions(1, 200, 6, 0.1, 1337);

    public ClassicOptions {
        Expect.positive("c", c);
        Expect.atLeast("trees", 1, trees);
        Expect.atLeast("depth", 1, depth);
        Expect.that(rate > 0 && rate <= 1, "rate", "more than 0, and at most 1", rate);
    }

    public ClassicOptions c(double weight) { return new ClassicOptions(weight, trees, depth, rate, seed); }

    public ClassicOptions trees(int count) { return new ClassicOptions(c, count, depth, rate, seed); }

    public ClassicOptions depth(int deepest) { return new ClassicOptions(c, trees, deepest, rate, seed); }

    public ClassicOptions rate(double share) { return new ClassicOptions(c, trees, depth, share, seed); }

    public ClassicOptions seed(long number) { return new ClassicOptions(c, trees, depth, rate, number); }
}
