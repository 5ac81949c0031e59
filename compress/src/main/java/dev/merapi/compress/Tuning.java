package dev.merapi.compress;

import dev.merapi.train.Listener;
import dev.merapi.train.Strategy;
import java.util.List;

/**
 * What stands by while a changed model is trained on.
 *
 * @param strategy between the gradients and the weights, such as one that keeps pruned weights at 0
 * @param listeners such as a progress bar
 */
public record Tuning(Strategy strategy, List<Listener> listeners) {
    /** Nothing. */
    public static final Tuning PLAIN = new Tuning(Strategy.SINGLE, List.of());

    public Tuning { listeners = List.copyOf(listeners); }
}
