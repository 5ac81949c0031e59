package dev.merapi.compress.prune;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import dev.merapi.train.Strategy;
import java.util.function.Predicate;

/**
 * Prunes more and more while a model is trained: after step t of n the sparsity is s (1 - (1 - t / n)³), so that most
 * goes early, while there is much to spare (Zhu and Gupta 2017, arXiv:1710.01878). What is gone may come back until the
 * next choice, for the smallest are chosen anew each time.
 *
 * <pre>{@code
 * try (var pruning = new GradualPruning(model, _ -> true, 0.9, 1000, 20)) {
 *     trainer.strategy(pruning).epochs(5).fit(train, test);
 * }
 * }</pre>
 */
public final class GradualPruning implements Strategy, AutoCloseable {
    private final Layer model;
    private final Predicate<String> names;
    private final double sparsity;
    private final long steps;
    private final int every;
    private Masks masks; // or null before the first step
    private long step;

    /**
     * @param names which tables of weights, by name
     * @param sparsity the part of each that is gone in the end
     * @param steps optimizer steps until then; later ones keep it
     * @param every how many steps are between two choices
     */
    public GradualPruning(Layer model, Predicate<String> names, double sparsity, long steps, int every) {
        Masks.expectFraction(sparsity);
        Expect.atLeast("GradualPruning.steps", 1, steps);
        Expect.atLeast("GradualPruning.every", 1, every);
        this.model = model;
        this.names = names;
        this.sparsity = sparsity;
        this.steps = steps;
        this.every = every;
    }

    /** The sparsity that is wanted after so many steps. */
    public double sparsity(long step) {
        double left = 1 - Math.min(1, (double) step / steps);
        return sparsity * (1 - left * left * left);
    }

    @Override public void updated(Layer trained) {
        step++;
        if (masks == null || step <= steps && (step % every == 0 || step == steps)) choose();
        masks.apply();
    }

    private void choose() {
        close();
        masks = Masks.byLayer(model, names, sparsity(step));
    }

    /** Frees the masks; the weights stay as they are. */
    @Override public void close() {
        if (masks != null) masks.close();
    }
}
