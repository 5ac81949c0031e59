package dev.merapi.play.env;

import dev.merapi.tensor.Expect;
import java.util.Arrays;

/**
 * Refuses what would spoil a training without a word: an action outside the space or the mask, a step after the end or
 * before the start, a NaN, an observation of another size, an episode that never ends. {@link Envs#make} puts it around
 * every environment.
 *
 * @param <A> an action
 */
public final class Checked<A> extends Wrapper<A> {
    /** Steps after which an episode is taken for endless. */
    public static final int ENDLESS = 1_000_000;

    private final String name;
    private final Space<A> actions;
    private final int size;
    private final int endless;
    private int steps = -1; // of the running episode; -1: none runs

    /** With {@link #ENDLESS}. */
    public Checked(Env<A> inner) { this(inner, ENDLESS); }

    /** @param endless steps after which an episode is taken for endless */
    public Checked(Env<A> inner, int endless) {
        super(inner);
        Expect.atLeast("Checked.endless", 1, endless);
        name = Wrapper.unwrapped(inner).getClass().getSimpleName();
        actions = inner.actionSpace();
        size = inner.observationSpace().width();
        this.endless = endless;
    }

    @Override public float[] reset(long seed) {
        float[] observation = inner.reset(seed);
        expect(observation);
        steps = 0;
        actionMask();
        return observation;
    }

    @Override public Step step(A action) {
        if (steps < 0) {
            throw new IllegalStateException(name + ".step: expected a running episode. Received a step after its end,"
                    + " or before the first; call reset(seed).");
        }
        if (!actions.contains(action)) {
            throw Expect.error(name + ".step", actions.toString(), action == null ? null : actions.describe(action));
        }
        expectLegal(action);
        var step = inner.step(action);
        steps++;
        expect(step.observation());
        if (!Double.isFinite(step.reward())) {
            throw bad("a finite reward", step.reward());
        }
        if (step.isOver()) {
            steps = -1;
        } else {
            if (steps >= endless) {
                throw new IllegalStateException(name + ".step: expected an episode to end within " + endless
                        + " steps. Received none that did; put a TimeLimit around it.");
            }
            actionMask();
        }
        return step;
    }

    /** The mask, which allows something in each choice. */
    @Override public boolean[] actionMask() {
        boolean[] mask = inner.actionMask();
        if (mask == null) return null;
        int[] counts = switch (actions) {
            case Space.Discrete one -> new int[] {one.n()};
            case Space.MultiDiscrete several -> several.counts();
            case Space.Box _ -> new int[0];
        };
        int length = Arrays.stream(counts).sum();
        Expect.that(mask.length == length, name + ".actionMask", length + " places, one for each choice", mask.length);
        int from = 0;
        for (int count : counts) {
            if (Masks.count(mask, from, count) == 0) throw Masks.none(mask.length);
            from += count;
        }
        return mask;
    }

    private void expectLegal(A action) {
        boolean[] mask = inner.actionMask();
        if (mask == null) return;
        float[] chosen = actions.encode(action);
        int from = 0;
        for (int i = 0; i < chosen.length; i++) {
            if (!mask[from + (int) chosen[i]]) {
                throw Expect.error(name + ".step", "an action that the mask allows", actions.describe(action));
            }
            if (actions instanceof Space.MultiDiscrete several) from += several.counts()[i];
        }
    }

    private void expect(float[] observation) {
        if (observation == null || observation.length != size) {
            throw bad("an observation of " + size + " numbers", observation == null ? null : observation.length);
        }
        for (int i = 0; i < size; i++) {
            if (!Float.isFinite(observation[i])) {
                throw bad("finite numbers in an observation", observation[i] + " in place " + i);
            }
        }
    }

    private IllegalStateException bad(String expected, Object received) {
        return new IllegalStateException(name + ": expected " + expected + ". Received " + received + (steps < 0
                ? " from reset." : " from step " + (steps + 1) + " of an episode; mend the environment."));
    }
}
