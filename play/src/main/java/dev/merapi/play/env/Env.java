package dev.merapi.play.env;

import java.awt.image.BufferedImage;
import java.util.HashMap;
import java.util.Map;

/**
 * A world to act in, after Gymnasium's {@code Env} (Towers et al. 2024, arXiv:2407.17032).
 *
 * <pre>{@code
 * var random = new Chance(1);
 * try (Env<Integer> env = new TimeLimit<>(new CartPole(), 500)) {
 *     env.reset(7);
 *     Env.Step step;
 *     do step = env.step(env.actionSpace().sample(random)); while (!step.isOver());
 * }
 * }</pre>
 *
 * All that is random in an episode follows from the seed of its {@link #reset}: so an episode can be played again from
 * that and its actions. An environment belongs to one thread at a time.
 *
 * @param <A> an action
 */
public interface Env<A> extends AutoCloseable {
    /** What observations are. */
    Space.Box observationSpace();

    /** What actions are. */
    Space<A> actionSpace();

    /** Begins an episode, and returns its first observation. */
    float[] reset(long seed);

    /**
     * Acts.
     *
     * @throws IllegalArgumentException if the action is outside the space, where the environment is {@link Checked}
     * @throws IllegalStateException after the end of the episode, where the environment is {@link Checked}
     */
    Step step(A action);

    /**
     * Which choices are legal now: of a discrete space n places, of a multi-discrete one those of all choices one after
     * the other. Null where all are.
     */
    default boolean[] actionMask() { return null; }

    /**
     * How it looks now.
     *
     * @throws UnsupportedOperationException if it cannot be seen
     */
    default BufferedImage render() {
        throw new UnsupportedOperationException(getClass().getSimpleName()
                + ".render: this environment draws nothing.");
    }

    /** Frees what it holds. */
    @Override default void close() {}

    /**
     * What an action leads to.
     *
     * @param observation the next one
     * @param reward of the action
     * @param terminated whether the world has come to an end: no reward would follow
     * @param truncated whether the episode is cut off though the world would go on, such as by a time limit
     * @param info what else there is to know, by name
     */
    record Step(float[] observation, double reward, boolean terminated, boolean truncated, Map<String, Object> info) {
        /** Without anything else to know. */
        public Step(float[] observation, double reward, boolean terminated) {
            this(observation, reward, terminated, false, Map.of());
        }

        /** Whether the episode is over. */
        public boolean isOver() { return terminated || truncated; }

        /** The same with another observation. */
        public Step observation(float[] other) { return new Step(other, reward, terminated, truncated, info); }

        /** The same with another reward. */
        public Step reward(double other) { return new Step(observation, other, terminated, truncated, info); }

        /** The same with more to know. */
        public Step info(String name, Object value) {
            var more = new HashMap<>(info);
            more.put(name, value);
            return new Step(observation, reward, terminated, truncated, Map.copyOf(more));
        }
    }
}
