package dev.merapi.play.env;

import java.awt.Color;
import java.awt.image.BufferedImage;

/** Where both mountain cars drive. */
final class Valley {
    private static final double LEFT = -1.2;
    private static final double RIGHT = 0.6;
    private static final double MAX_SPEED = 0.07;
    private static final double GRAVITY = 0.0025;

    static final Space.Box OBSERVATIONS = new Space.Box(new float[] {(float) LEFT, (float) -MAX_SPEED},
            new float[] {(float) RIGHT, (float) MAX_SPEED}, new long[] {2});

    private Valley() {}

    /** Position and velocity a step later. */
    static double[] move(double[] state, double force) {
        double velocity = state[1] + (force + Math.cos(3 * state[0]) * -GRAVITY);
        velocity = Math.clamp(velocity, -MAX_SPEED, MAX_SPEED);
        double position = Math.clamp(state[0] + velocity, LEFT, RIGHT);
        if (position == LEFT && velocity < 0) velocity = 0;
        return new double[] {position, velocity};
    }

    private static double height(double position) { return Math.sin(3 * position) * 0.45 + 0.55; }

    static BufferedImage draw(double position, double goal) {
        var canvas = new Canvas(LEFT, RIGHT, 0, 1.2);
        for (double x = LEFT; x < RIGHT; x += 0.02) {
            canvas.line(x, height(x), x + 0.02, height(x + 0.02), 0.01, Color.BLACK);
        }
        canvas.line(goal, height(goal), goal, height(goal) + 0.15, 0.01, Color.BLACK)
                .box(goal + 0.04, height(goal) + 0.13, 0.08, 0.05, Canvas.WARM);
        return canvas.disc(position, height(position) + 0.04, 0.04, Canvas.COOL).image();
    }
}
