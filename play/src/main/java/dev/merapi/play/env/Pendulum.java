package dev.merapi.play.env;

import java.awt.Color;
import java.awt.image.BufferedImage;

/**
 * A rod to be swung up and held by a torque from −2 to 2, which is too weak to lift it at once; the reward is
 * −(θ² + 0.1 θ̇² + 0.001 u²). The dynamics are those of Gymnasium's {@code Pendulum-v1}, whose episodes end after 200
 * steps: put a {@link TimeLimit} around it.
 *
 * <p>State: angle, 0 being upright, and angular velocity. Observation: the angle's cosine and sine, and the velocity.
 */
public final class Pendulum extends ClassicEnv<float[]> {
    private static final double MAX_SPEED = 8;
    private static final double MAX_TORQUE = 2;
    private static final double DT = 0.05;
    private static final double GRAVITY = 10; // mass and length are 1

    /** A rod. */
    public Pendulum() { super(2); }

    @Override public Space.Box observationSpace() {
        return new Space.Box(new float[] {-1, -1, (float) -MAX_SPEED}, new float[] {1, 1, (float) MAX_SPEED},
                new long[] {3});
    }

    @Override public Space.Box actionSpace() { return Space.Box.of(-MAX_TORQUE, MAX_TORQUE, 1); }

    @Override double[] start(Chance chance) {
        return new double[] {chance.nextDouble(-Math.PI, Math.PI), chance.nextDouble(-1, 1)};
    }

    @Override public Step step(float[] action) {
        double theta = state[0], velocity = state[1];
        double u = Math.clamp(action[0], -MAX_TORQUE, MAX_TORQUE);
        double angle = normalized(theta);
        double cost = angle * angle + 0.1 * (velocity * velocity) + 0.001 * (u * u);
        double faster = velocity + (3 * GRAVITY / 2 * Math.sin(theta) + 3.0 * u) * DT;
        faster = Math.clamp(faster, -MAX_SPEED, MAX_SPEED);
        state = new double[] {theta + faster * DT, faster};
        return new Step(observation(), -cost, false);
    }

    private static double normalized(double angle) {
        double turned = angle + Math.PI;
        return turned - Math.floor(turned / (2 * Math.PI)) * (2 * Math.PI) - Math.PI;
    }

    @Override float[] observation() {
        return new float[] {(float) Math.cos(state[0]), (float) Math.sin(state[0]), (float) state[1]};
    }

    @Override public BufferedImage render() {
        return new Canvas(-1.4, 1.4, -1.4, 1.4)
                .line(0, 0, Math.sin(state[0]), Math.cos(state[0]), 0.15, Canvas.WARM)
                .disc(0, 0, 0.05, Color.BLACK).image();
    }
}
