package dev.merapi.play.env;

import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Bad input, and what is said of it. */
class CheckedTest {
    /** An environment that does as it is told. */
    private static final class Told implements Env<Integer> {
        Step next = new Step(new float[] {0}, 0, false);
        boolean[] mask;

        @Override public Space.Box observationSpace() { return Space.Box.of(-1, 1, 1); }

        @Override public Space.Discrete actionSpace() { return new Space.Discrete(2); }

        @Override public float[] reset(long seed) { return new float[] {0}; }

        @Override public Step step(Integer action) { return next; }

        @Override public boolean[] actionMask() { return mask; }
    }

    private final Told told = new Told();
    private final Checked<Integer> env = new Checked<>(told, 3);

    private void refuses(Class<? extends RuntimeException> type, String message, Runnable action) {
        assertEquals(message, assertThrows(type, action::run).getMessage());
    }

    @Test void anActionOutsideTheSpace() {
        env.reset(1);
        refuses(IllegalArgumentException.class, "Told.step: expected an action from 0 to 1. Received 2.",
                () -> env.step(2));
        var torque = new Checked<>(new Pendulum());
        torque.reset(1);
        refuses(IllegalArgumentException.class, "Pendulum.step: expected numbers of shape [1] from -2.0 to 2.0."
                + " Received [NaN].", () -> torque.step(new float[] {Float.NaN}));
    }

    @Test void aNaN() {
        env.reset(1);
        told.next = new Env.Step(new float[] {Float.NaN}, 0, false);
        refuses(IllegalStateException.class, "Told: expected finite numbers in an observation. Received NaN in place 0"
                + " from step 2 of an episode; mend the environment.", () -> env.step(0));
        told.next = new Env.Step(new float[] {0}, Double.NaN, false);
        refuses(IllegalStateException.class, "Told: expected a finite reward. Received NaN from step 3 of an episode;"
                + " mend the environment.", () -> env.step(0));
    }

    @Test void anObservationOfAnotherSize() {
        env.reset(1);
        told.next = new Env.Step(new float[2], 0, false);
        refuses(IllegalStateException.class, "Told: expected an observation of 1 numbers. Received 2 from step 2 of an"
                + " episode; mend the environment.", () -> env.step(0));
    }

    @Test void aStepAfterTheEnd() {
        String message = "Told.step: expected a running episode. Received a step after its end, or before the first;"
                + " call reset(seed).";
        refuses(IllegalStateException.class, message, () -> env.step(0));
        env.reset(1);
        told.next = new Env.Step(new float[] {0}, 0, true);
        env.step(0);
        refuses(IllegalStateException.class, message, () -> env.step(0));
    }

    @Test void anEpisodeThatNeverEnds() {
        env.reset(1);
        env.step(0);
        env.step(0);
        refuses(IllegalStateException.class, "Told.step: expected an episode to end within 3 steps. Received none that"
                + " did; put a TimeLimit around it.", () -> env.step(0));
    }

    @Test void aMask() {
        told.mask = new boolean[] {false, true};
        env.reset(1);
        refuses(IllegalArgumentException.class, "Told.step: expected an action that the mask allows. Received 0.",
                () -> env.step(0));
        told.mask = new boolean[2];
        refuses(IllegalArgumentException.class, "Env.actionMask: expected at least one legal action. Received a mask of"
                + " 2 without one; where nothing is left to do, the episode is over: terminate it.",
                () -> env.reset(1));
        told.mask = new boolean[3];
        refuses(IllegalArgumentException.class, "Told.actionMask: expected 2 places, one for each choice. Received 3.",
                () -> env.reset(1));
    }

    @Test void anEnvironmentThatThereIsNot() {
        String message = assertThrows(IllegalArgumentException.class, () -> Envs.make("CartPole-v2")).getMessage();
        assertEquals("env: expected one of " + String.join(", ", Envs.names()) + ". Received CartPole-v2. Did you mean"
                + " CartPole-v1?", message);
        refuses(IllegalArgumentException.class, "env: expected an environment whose actions are choices. Received"
                + " Pendulum-v1, whose actions are numbers of shape [1] from -2.0 to 2.0; sac and td3 are for such.",
                () -> Envs.make("Pendulum-v1"));
    }

    @Test void masksOfSeveralChoices() {
        var space = new Space.MultiDiscrete(2, 3);
        var mask = new boolean[] {false, true, false, false, true};
        for (int seed = 0; seed < 20; seed++) {
            int[] drawn = space.sample(new Chance(seed), mask);
            assertEquals("[1, 2]", space.describe(drawn));
        }
        assertEquals(false, space.contains(new int[] {0, 3}));
        assertEquals(Map.of("a", 1), new Env.Step(new float[0], 0, false).info("a", 1).info());
    }
}
