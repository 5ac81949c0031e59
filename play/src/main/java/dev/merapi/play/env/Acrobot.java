package dev.merapi.play.env;

import java.awt.Color;
import java.awt.image.BufferedImage;

/**
 * Two links that hang from a joint; a torque of −1, 0 or 1 (actions 0 to 2) between them is to swing the tip above a
 * line; −1 for each step until then (Sutton 1996). The dynamics are those of Gymnasium's {@code Acrobot-v1}, from
 * Sutton and Barto's book, whose episodes end after 500 steps at the latest: put a {@link TimeLimit} around it.
 *
 * <p>State: both angles, the second relative to the first, and their velocities. Observation: cosine and sine of each
 * angle, and the velocities.
 */
public final class Acrobot extends ClassicEnv<Integer> {
    private static final double DT = 0.2;
    private static final double LENGTH = 1; // of a link, whose mass is 1 too
    private static final double CENTRE = 0.5; // of a link's mass
    private static final double INERTIA = 1; // of a link
    private static final double GRAVITY = 9.8;
    private static final double MAX_1 = 4 * Math.PI;
    private static final double MAX_2 = 9 * Math.PI;

    /** Two links. */
    public Acrobot() { super(4); }

    @Override public Space.Box observationSpace() {
        float[] high = {1, 1, 1, 1, (float) MAX_1, (float) MAX_2};
        float[] low = {-1, -1, -1, -1, (float) -MAX_1, (float) -MAX_2};
        return new Space.Box(low, high, new long[] {6});
    }

    @Override public Space.Discrete actionSpace() { return new Space.Discrete(3); }

    @Override double[] start(Chance chance) {
        return new double[] {(float) chance.nextDouble(-0.1, 0.1), (float) chance.nextDouble(-0.1, 0.1),
            (float) chance.nextDouble(-0.1, 0.1), (float) chance.nextDouble(-0.1, 0.1)};
    }

    @Override public Step step(Integer action) {
        double[] next = rungeKutta(state, action - 1);
        state = new double[] {wrapped(next[0]), wrapped(next[1]), Math.clamp(next[2], -MAX_1, MAX_1),
            Math.clamp(next[3], -MAX_2, MAX_2)};
        boolean up = -Math.cos(state[0]) - Math.cos(state[1] + state[0]) > 1;
        return new Step(observation(), up ? 0 : -1, up);
    }

    /** One step of the fourth order. */
    private static double[] rungeKutta(double[] y, double torque) {
        double[] k1 = derivative(y, torque);
        double[] k2 = derivative(moved(y, DT / 2, k1), torque);
        double[] k3 = derivative(moved(y, DT / 2, k2), torque);
        double[] k4 = derivative(moved(y, DT, k3), torque);
        var next = new double[4];
        for (int i = 0; i < 4; i++) next[i] = y[i] + DT / 6.0 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
        return next;
    }

    private static double[] moved(double[] y, double by, double[] slope) {
        var moved = new double[4];
        for (int i = 0; i < 4; i++) moved[i] = y[i] + by * slope[i];
        return moved;
    }

    private static double[] derivative(double[] s, double torque) {
        double theta1 = s[0], theta2 = s[1], v1 = s[2], v2 = s[3];
        double d1 = CENTRE * CENTRE + (LENGTH * LENGTH + CENTRE * CENTRE + 2 * LENGTH * CENTRE * Math.cos(theta2))
                + INERTIA + INERTIA;
        double d2 = (CENTRE * CENTRE + LENGTH * CENTRE * Math.cos(theta2)) + INERTIA;
        double phi2 = CENTRE * GRAVITY * Math.cos(theta1 + theta2 - Math.PI / 2.0);
        double phi1 = -LENGTH * CENTRE * (v2 * v2) * Math.sin(theta2) - 2 * LENGTH * CENTRE * v2 * v1 * Math.sin(theta2)
                + (CENTRE + LENGTH) * GRAVITY * Math.cos(theta1 - Math.PI / 2) + phi2;
        double a2 = (torque + d2 / d1 * phi1 - LENGTH * CENTRE * (v1 * v1) * Math.sin(theta2) - phi2)
                / (CENTRE * CENTRE + INERTIA - d2 * d2 / d1);
        double a1 = -(d2 * a2 + phi1) / d1;
        return new double[] {v1, v2, a1, a2};
    }

    private static double wrapped(double angle) {
        while (angle > Math.PI) angle -= 2 * Math.PI;
        while (angle < -Math.PI) angle += 2 * Math.PI;
        return angle;
    }

    @Override float[] observation() {
        return new float[] {(float) Math.cos(state[0]), (float) Math.sin(state[0]), (float) Math.cos(state[1]),
            (float) Math.sin(state[1]), (float) state[2], (float) state[3]};
    }

    @Override public BufferedImage render() {
        double x1 = Math.sin(state[0]), y1 = -Math.cos(state[0]);
        double x2 = x1 + Math.sin(state[0] + state[1]), y2 = y1 - Math.cos(state[0] + state[1]);
        return new Canvas(-2.2, 2.2, -2.2, 2.2).line(-2.2, 1, 2.2, 1, 0.02, Color.BLACK)
                .line(0, 0, x1, y1, 0.15, Canvas.COOL).line(x1, y1, x2, y2, 0.15, Canvas.COOL)
                .disc(0, 0, 0.1, Canvas.WARM).disc(x1, y1, 0.1, Canvas.WARM).image();
    }
}
