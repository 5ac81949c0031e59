package dev.merapi.play.env;

import java.awt.image.BufferedImage;

/**
 * A car in a valley whose engine is too weak for the hill: push left (0), not at all (1) or right (2); −1 for each step
 * until it is up at 0.5 (Moore 1990). The dynamics are those of Gymnasium's {@code MountainCar-v0}, whose episodes end
 * after 200 steps at the latest: put a {@link TimeLimit} around it.
 *
 * <p>State and observation: position, velocity.
 */
public final class MountainCar extends ClassicEnv<Integer> {
    private static final double GOAL = 0.5;
    private static final double FORCE = 0.001;

    /** The valley. */
    public MountainCar() { super(2); }

    @Override public Space.Box observationSpace() { return Valley.OBSERVATIONS; }

    @Override public Space.Discrete actionSpace() { return new Space.Discrete(3); }

    @Override double[] start(Chance chance) { return new double[] {chance.nextDouble(-0.6, -0.4), 0}; }

    @Override public Step step(Integer action) {
        state = Valley.move(state, (action - 1) * FORCE);
        return new Step(observation(), -1, state[0] >= GOAL && state[1] >= 0);
    }

    @Override float[] observation() { return new float[] {(float) state[0], (float) state[1]}; }

    @Override public BufferedImage render() { return Valley.draw(state[0], GOAL); }
}
