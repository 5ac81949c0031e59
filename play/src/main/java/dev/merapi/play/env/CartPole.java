package dev.merapi.play.env;

import java.awt.Color;
import java.awt.image.BufferedImage;

/**
 * A pole on a cart that is pushed left (0) or right (1) at each step: 1 for each step until the pole leans by more than
 * 12° or the cart is 2.4 away (Barto, Sutton and Anderson 1983). The dynamics are those of Gymnasium's
 * {@code CartPole-v1}, whose episodes end after 500 steps at the latest: put a {@link TimeLimit} around it.
 *
 * <p>State and observation: position, velocity, angle, angular velocity.
 */
public final class CartPole extends ClassicEnv<Integer> {
    private static final double GRAVITY = 9.8;
    private static final double POLE_MASS = 0.1;
    private static final double TOTAL_MASS = 1 + POLE_MASS;
    private static final double HALF_LENGTH = 0.5;
    private static final double FORCE = 10;
    private static final double TAU = 0.02; // seconds in a step
    private static final double MAX_ANGLE = 12 * 2 * Math.PI / 360;
    private static final double MAX_POSITION = 2.4;
    private static final float[] BOUNDS = {(float) (2 * MAX_POSITION), Float.POSITIVE_INFINITY,
        (float) (2 * MAX_ANGLE), Float.POSITIVE_INFINITY};

    /** The cart and its pole. */
    public CartPole() { super(4); }

    @Override public Space.Box observationSpace() {
        var low = new float[4];
        for (int i = 0; i < 4; i++) low[i] = -BOUNDS[i];
        return new Space.Box(low, BOUNDS, new long[] {4});
    }

    @Override public Space.Discrete actionSpace() { return new Space.Discrete(2); }

    @Override double[] start(Chance chance) {
        return new double[] {chance.nextDouble(-0.05, 0.05), chance.nextDouble(-0.05, 0.05),
            chance.nextDouble(-0.05, 0.05), chance.nextDouble(-0.05, 0.05)};
    }

    @Override public Step step(Integer action) {
        double x = state[0], xDot = state[1], theta = state[2], thetaDot = state[3];
        double force = action == 1 ? FORCE : -FORCE;
        double cos = Math.cos(theta), sin = Math.sin(theta);
        double temp = (force + POLE_MASS * HALF_LENGTH * (thetaDot * thetaDot) * sin) / TOTAL_MASS;
        double thetaAcc = (GRAVITY * sin - cos * temp)
                / (HALF_LENGTH * (4.0 / 3.0 - POLE_MASS * (cos * cos) / TOTAL_MASS));
        double xAcc = temp - POLE_MASS * HALF_LENGTH * thetaAcc * cos / TOTAL_MASS;
        x += TAU * xDot;
        xDot += TAU * xAcc;
        theta += TAU * thetaDot;
        thetaDot += TAU * thetaAcc;
        state = new double[] {x, xDot, theta, thetaDot};
        boolean fallen = Math.abs(x) > MAX_POSITION || Math.abs(theta) > MAX_ANGLE;
        return new Step(observation(), 1, fallen);
    }

    @Override float[] observation() {
        return new float[] {(float) state[0], (float) state[1], (float) state[2], (float) state[3]};
    }

    @Override public BufferedImage render() {
        return new Canvas(-2.4, 2.4, -0.6, 2.6)
                .line(-2.4, 0, 2.4, 0, 0.02, Color.BLACK)
                .box(state[0], 0, 0.5, 0.3, Color.BLACK)
                .line(state[0], 0.1, state[0] + Math.sin(state[2]), 0.1 + Math.cos(state[2]), 0.1, Canvas.WARM)
                .disc(state[0], 0.1, 0.05, Canvas.COOL).image();
    }
}
