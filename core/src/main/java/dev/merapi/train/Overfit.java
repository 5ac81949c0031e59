package dev.merapi.train;

import dev.merapi.tensor.Expect;
import java.util.Arrays;

/**
 * The first check of a new model: can it learn one batch by heart? If its loss stays up, something is wrong with the
 * model, the loss or the labels, and more data will not help. The model's weights are as before afterwards.
 *
 * <pre>{@code
 * double[] losses = Overfit.batch(trainer, batch, 100);
 * IO.println(losses[0] + " to " + losses[99]);
 * }</pre>
 */
public final class Overfit {
    private Overfit() {}

    /** The losses before each of {@code steps} steps on one batch, at the optimizer's own learning rate. */
    public static <B> double[] batch(Trainer<B> trainer, B batch, int steps) {
        Expect.atLeast("Overfit.steps", 1, steps);
        var losses = new double[steps];
        try (var trial = new Trial<>("Overfit", trainer)) {
            double rate = trial.learningRate();
            Arrays.setAll(losses, _ -> trial.step(batch, rate));
        }
        return losses;
    }
}
