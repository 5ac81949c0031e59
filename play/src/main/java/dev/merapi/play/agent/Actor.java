package dev.merapi.play.agent;

import java.util.List;

/**
 * Chooses actions, for several environments at once.
 *
 * @param <A> an action
 */
@FunctionalInterface
public interface Actor<A> {
    /**
     * An action for each.
     *
     * @param observations (N, …), one behind the other
     * @param masks N of {@link dev.merapi.play.env.Env#actionMask}, each null where all actions are legal
     */
    List<A> act(float[] observations, List<boolean[]> masks);

    /** The next observation in a row begins an episode: an actor that remembers forgets the last one. */
    default void begin(int row) { }
}
