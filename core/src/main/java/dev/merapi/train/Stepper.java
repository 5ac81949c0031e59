package dev.merapi.train;

import java.util.function.Supplier;

/**
 * What a {@link Task#step} works with. A pass given to it runs in the trainer's precision; its loss and gradients are
 * looked at for NaN, reduced over all ranks by the trainer's {@link Strategy}, and clipped.
 */
public interface Stepper {
    /**
     * Adds the gradients of a pass to those of the step's other batches. After the last, the trainer's {@link
     * Trainer#optimizer(java.util.function.Function) optimizer} changes the weights by them.
     *
     * @param forward runs the model; again, without gradients, to find where a NaN began
     * @return its pass
     */
    Pass add(Supplier<Pass> forward);

    /**
     * Changes the weights of an optimizer at once, by the gradients of this pass alone. Those that other weights get
     * from it are forgotten before their own next pass.
     *
     * @param optimizer its name, as given to {@link Trainer#optimizer(String, java.util.function.Function)}
     * @param forward as for {@link #add}
     * @return its pass
     * @throws IllegalArgumentException if there is no such optimizer
     */
    Pass minimize(String optimizer, Supplier<Pass> forward);
}
