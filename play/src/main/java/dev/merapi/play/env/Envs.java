package dev.merapi.play.env;

import dev.merapi.io.Nearest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Environments by name, with their usual time limits, each {@link Checked}. */
public final class Envs {
    private static final Map<String, Supplier<Env<?>>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("CartPole-v1", () -> limited(new CartPole(), 500));
        ALL.put("CartPoleNoVel-v1", () -> limited(new PartOfObservation<>(new CartPole(), 0, 2), 500));
        ALL.put("MountainCar-v0", () -> limited(new MountainCar(), 200));
        ALL.put("MountainCarContinuous-v0", () -> limited(new MountainCarContinuous(), 999));
        ALL.put("Acrobot-v1", () -> limited(new Acrobot(), 500));
        ALL.put("Pendulum-v1", () -> limited(new Pendulum(), 200));
        ALL.put("LunarLander", () -> limited(new LunarLander(), 1000));
        ALL.put("FrozenLake", () -> limited(GridWorld.frozenLake(false), 100));
        ALL.put("SlipperyLake", () -> limited(GridWorld.frozenLake(true), 100));
        ALL.put("CliffWalking", () -> limited(GridWorld.cliffWalking(), 200));
        ALL.put("Snake", () -> limited(new Snake(), 2000));
        ALL.put("Meteors", () -> limited(new Meteors(), 1000));
    }

    private Envs() {}

    private static <A> Env<A> limited(Env<A> env, int limit) { return new Checked<>(new TimeLimit<>(env, limit)); }

    /** All names. */
    public static List<String> names() { return List.copyOf(ALL.keySet()); }

    /**
     * A new one, whose actions are what its space says.
     *
     * @throws IllegalArgumentException naming those there are, if there is none of this name
     */
    @SuppressWarnings("unchecked") // an agent asks the space what actions are
    public static <A> Env<A> any(String name) {
        var make = ALL.get(name);
        if (make != null) return (Env<A>) make.get();
        String hint = Nearest.near(name, ALL.keySet()).map(n -> " Did you mean " + n + "?").orElse("");
        throw new IllegalArgumentException("env: expected one of " + String.join(", ", ALL.keySet()) + ". Received "
                + name + "." + hint);
    }

    /**
     * A new one with actions from 0 to n − 1.
     *
     * @throws IllegalArgumentException if there is none of this name, or its actions are others
     */
    @SuppressWarnings("unchecked") // a discrete space is one of integers
    public static Env<Integer> make(String name) {
        Env<?> env = any(name);
        if (env.actionSpace() instanceof Space.Discrete) return (Env<Integer>) env;
        throw new IllegalArgumentException("env: expected an environment whose actions are choices. Received " + name
                + ", whose actions are " + env.actionSpace() + "; sac and td3 are for such.");
    }

    /**
     * A new one with actions that are numbers in bounds.
     *
     * @throws IllegalArgumentException if there is none of this name, or its actions are others
     */
    @SuppressWarnings("unchecked") // a box is one of numbers
    public static Env<float[]> makeContinuous(String name) {
        Env<?> env = any(name);
        if (env.actionSpace() instanceof Space.Box) return (Env<float[]>) env;
        throw new IllegalArgumentException("env: expected an environment whose actions are numbers in bounds. Received "
                + name + ", whose actions are choices; dqn, ppo and a2c are for such.");
    }
}
