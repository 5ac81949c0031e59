package dev.merapi.play.env;

import java.awt.image.BufferedImage;

/**
 * {@link MountainCar} with a throttle from −1 to 1, which costs 0.1 of its square; 100 for the top, at 0.45. The
 * dynamics are those of Gymnasium's {@code MountainCarContinuous-v0}, which keeps the state in 32 bits and whose
 * episodes end after 999 steps at the latest: put a {@link TimeLimit} around it.
 *
 * <p>State and observation: position, velocity.
 */
public final class MountainCarContinuous extends ClassicEnv<float[]> {
    private static final double GOAL = 0.45;
    private static final double POWER = 0.0015;

    /** The valley. */
    public MountainCarContinuous() { super(2); }

    @Override public Space.Box observationSpace() { return Valley.OBSERVATIONS; }

    @Override public Space.Box actionSpace() { return Space.Box.of(-1, 1, 1); }

    @Override double[] start(Chance chance) { return new double[] {chance.nextDouble(-0.6, -0.4), 0}; }

    @Override public Step step(float[] action) {
        double force = Math.clamp(action[0], -1, 1);
        double[] moved = Valley.move(state, force * POWER);
        boolean up = moved[0] >= GOAL && moved[1] >= 0;
        state = new double[] {(float) moved[0], (float) moved[1]};
        return new Step(observation(), (up ? 100 : 0) - (double) action[0] * action[0] * 0.1, up);
    }

    @Override float[] observation() { return new float[] {(float) state[0], (float) state[1]}; }

    @Override public BufferedImage render() { return Valley.draw(state[0], GOAL); }
}
