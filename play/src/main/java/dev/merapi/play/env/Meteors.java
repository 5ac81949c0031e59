package dev.merapi.play.env;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * A small pixel game in the manner of MinAtar (Young and Tian 2019): a ship at the bottom moves left (0), stays (1) or
 * moves right (2) under a sky from which gems fall, 1 each, and meteors, which end the episode.
 *
 * <p>Observation (3, 10, 19), the ship in the middle of the lowest row: what is outside, gems, meteors.
 */
public final class Meteors implements Env<Integer> {
    private static final int SIZE = 10;
    private static final double GEM = 0.15; // appears in a step
    private static final double METEOR = 0.25;
    private static final int WIDTH = 3; // of a meteor: too wide to be left in the last moment
    private static final int PLANE = SIZE * SIZE;
    private static final int GEMS = 0; // where they begin in the sky
    private static final int METEORS = PLANE;

    private float[] sky = new float[2 * PLANE];
    private int ship;
    private Chance chance = new Chance(0);

    @Override public Space.Box observationSpace() { return Space.Box.of(0, 1, 3, SIZE, 2 * SIZE - 1); }

    @Override public Space.Discrete actionSpace() { return new Space.Discrete(3); }

    @Override public float[] reset(long seed) {
        chance = new Chance(seed);
        sky = new float[2 * PLANE];
        ship = SIZE / 2;
        return observation();
    }

    private float[] observation() {
        int wide = 2 * SIZE - 1;
        var seen = new float[3 * SIZE * wide];
        for (int y = 0; y < SIZE; y++) {
            for (int column = 0; column < wide; column++) {
                int x = ship + column - SIZE + 1, at = y * wide + column;
                if (x < 0 || x >= SIZE) {
                    seen[at] = 1;
                } else {
                    seen[SIZE * wide + at] = sky[GEMS + y * SIZE + x];
                    seen[2 * SIZE * wide + at] = sky[METEORS + y * SIZE + x];
                }
            }
        }
        return seen;
    }

    @Override public Step step(Integer action) {
        ship = Math.clamp(ship + action - 1, 0, SIZE - 1);
        var next = new float[2 * PLANE];
        for (int plane = 0; plane < 2 * PLANE; plane += PLANE) {
            System.arraycopy(sky, plane, next, plane + SIZE, PLANE - SIZE); // all falls by a row
        }
        if (chance.nextDouble() < GEM) next[GEMS + chance.nextInt(SIZE)] = 1;
        if (chance.nextDouble() < METEOR) {
            int left = METEORS + chance.nextInt(SIZE - WIDTH + 1);
            Arrays.fill(next, left, left + WIDTH, 1);
        }
        int below = (SIZE - 1) * SIZE + ship;
        boolean hit = next[METEORS + below] == 1;
        double reward = !hit && next[GEMS + below] == 1 ? 1 : 0;
        next[GEMS + below] = 0;
        sky = next;
        return new Step(observation(), reward, hit);
    }

    /** What a simple script does: under the lowest gem, out of the way of a meteor that is about to hit. */
    public int greedy() {
        int goal = ship;
        for (int i = SIZE * (SIZE - 1) - 1; i >= 0; i--) {
            if (sky[GEMS + i] == 1) {
                goal = i % SIZE;
                break;
            }
        }
        int wish = Integer.signum(goal - ship);
        for (int move : new int[] {wish, 0, 1, -1}) {
            int there = Math.clamp(ship + move, 0, SIZE - 1);
            if (sky[METEORS + (SIZE - 2) * SIZE + there] == 0) return move + 1;
        }
        return 1;
    }

    @Override public BufferedImage render() {
        var canvas = new Canvas(0, SIZE, 0, SIZE).box(SIZE / 2.0, SIZE / 2.0, SIZE, SIZE, new Color(0x20242C));
        for (int i = 0; i < PLANE; i++) {
            double x = i % SIZE + 0.5, y = SIZE - 0.5 - i / SIZE;
            if (sky[GEMS + i] == 1) canvas.disc(x, y, 0.3, Canvas.GREEN);
            if (sky[METEORS + i] == 1) canvas.box(x, y, 0.9, 0.9, Canvas.WARM);
            if (i == PLANE - SIZE + ship) canvas.shape(Color.WHITE, x - 0.4, y - 0.4, x + 0.4, y - 0.4, x, y + 0.4);
        }
        return canvas.image();
    }
}
