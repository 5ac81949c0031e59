package dev.merapi.play.env;

import java.awt.Color;
import java.awt.image.BufferedImage;

/**
 * A small pixel game in the manner of MinAtar (Young and Tian 2019): a ship at the bottom moves left (0), stays (1) or
 * moves right (2) under a sky from which gems fall, 1 each, and meteors, which end the episode.
 *
 * <p>Observation (3, 10, 10): ship, gems, meteors.
 */
public final class Meteors implements Env<Integer> {
    private static final int SIZE = 10;
    private static final double GEM = 0.12; // appears in a step
    private static final double METEOR = 0.45;
    private static final int PLANE = SIZE * SIZE;

    private float[] sky = new float[3 * PLANE];
    private int ship;
    private Chance chance = new Chance(0);

    @Override public Space.Box observationSpace() { return Space.Box.of(0, 1, 3, SIZE, SIZE); }

    @Override public Space.Discrete actionSpace() { return new Space.Discrete(3); }

    @Override public float[] reset(long seed) {
        chance = new Chance(seed);
        sky = new float[3 * PLANE];
        ship = SIZE / 2;
        sky[(SIZE - 1) * SIZE + ship] = 1;
        return sky.clone();
    }

    @Override public Step step(Integer action) {
        ship = Math.clamp(ship + action - 1, 0, SIZE - 1);
        var next = new float[3 * PLANE];
        next[(SIZE - 1) * SIZE + ship] = 1;
        for (int plane = PLANE; plane < 3 * PLANE; plane += PLANE) {
            System.arraycopy(sky, plane, next, plane + SIZE, PLANE - SIZE); // all falls by a row
        }
        if (chance.nextDouble() < GEM) next[PLANE + chance.nextInt(SIZE)] = 1;
        for (int i = 0; i < 2; i++) if (chance.nextDouble() < METEOR) next[2 * PLANE + chance.nextInt(SIZE)] = 1;
        int below = (SIZE - 1) * SIZE + ship;
        boolean hit = next[2 * PLANE + below] == 1;
        double reward = !hit && next[PLANE + below] == 1 ? 1 : 0;
        next[PLANE + below] = 0;
        sky = next;
        return new Step(sky.clone(), reward, hit);
    }

    /** What a simple script does: under the lowest gem, out of the way of a meteor that is about to hit. */
    public int greedy() {
        int goal = ship;
        for (int i = SIZE * (SIZE - 1) - 1; i >= 0; i--) {
            if (sky[PLANE + i] == 1) {
                goal = i % SIZE;
                break;
            }
        }
        int wish = Integer.signum(goal - ship);
        for (int move : new int[] {wish, 0, 1, -1}) {
            int there = Math.clamp(ship + move, 0, SIZE - 1);
            if (sky[2 * PLANE + (SIZE - 2) * SIZE + there] == 0) return move + 1;
        }
        return 1;
    }

    @Override public BufferedImage render() {
        var canvas = new Canvas(0, SIZE, 0, SIZE).box(SIZE / 2.0, SIZE / 2.0, SIZE, SIZE, new Color(0x20242C));
        for (int i = 0; i < PLANE; i++) {
            double x = i % SIZE + 0.5, y = SIZE - 0.5 - i / SIZE;
            if (sky[PLANE + i] == 1) canvas.disc(x, y, 0.3, Canvas.GREEN);
            if (sky[2 * PLANE + i] == 1) canvas.box(x, y, 0.9, 0.9, Canvas.WARM);
            if (sky[i] == 1) canvas.shape(Color.WHITE, x - 0.4, y - 0.4, x + 0.4, y - 0.4, x, y + 0.4);
        }
        return canvas.image();
    }
}
