package dev.merapi.play.env;

import dev.merapi.tensor.Expect;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;

/**
 * A snake that grows by a square with each apple, turns left (0), goes on (1) or turns right (2), and dies at the wall,
 * at itself, or of hunger after as many steps without an apple as there are squares. 1 for an apple, −1 for death.
 *
 * <p>Observation (4, 2n − 1, 2n − 1), seen from the head, which is in the middle and looks upwards: walls; the body,
 * the longer a part stays the closer to 1; the apple; and how long the snake is as a part of the board, everywhere.
 */
public final class Snake implements Env<Integer> {
    private static final int[] DY = {-1, 0, 1, 0};
    private static final int[] DX = {0, 1, 0, -1};

    private final int n, side;
    private final ArrayDeque<Integer> body = new ArrayDeque<>(); // head first
    private final boolean[] taken;
    private int direction, apple, hunger;
    private Chance chance = new Chance(0);

    /** On a board of 6 by 6 squares. */
    public Snake() { this(6); }

    /** @param n squares on each side, from 4 */
    public Snake(int n) {
        Expect.atLeast("Snake", 4, n);
        this.n = n;
        side = 2 * n - 1;
        taken = new boolean[n * n];
    }

    @Override public Space.Box observationSpace() { return Space.Box.of(0, 1, 4, side, side); }

    @Override public Space.Discrete actionSpace() { return new Space.Discrete(3); }

    @Override public float[] reset(long seed) {
        chance = new Chance(seed);
        body.clear();
        Arrays.fill(taken, false);
        direction = chance.nextInt(4);
        int y = n / 2, x = n / 2;
        for (int i = 0; i < 2; i++) {
            int square = (y - i * DY[direction]) * n + x - i * DX[direction];
            body.addLast(square);
            taken[square] = true;
        }
        placeApple();
        hunger = 0;
        return observation();
    }

    private void placeApple() {
        int left = chance.nextInt(n * n - body.size());
        apple = 0;
        while (taken[apple] || left-- > 0) apple++;
    }

    @Override public Step step(Integer action) {
        direction = (direction + action + 3) % 4;
        int next = ahead(direction);
        int tail = body.peekLast();
        boolean dies = next < 0 || taken[next] && next != tail; // the tail moves on, unless an apple is eaten
        if (dies) return new Step(observation(), -1, true);
        if (next == apple) {
            body.addFirst(next);
            taken[next] = true;
            hunger = 0;
            if (body.size() == n * n) return new Step(observation(), 1, true);
            placeApple();
            return new Step(observation(), 1, false);
        }
        taken[body.removeLast()] = false;
        body.addFirst(next);
        taken[next] = true;
        boolean starved = ++hunger >= n * n;
        return new Step(observation(), starved ? -1 : 0, starved);
    }

    /** The square before the head in a direction; −1: a wall. */
    private int ahead(int way) {
        int y = body.peekFirst() / n + DY[way], x = body.peekFirst() % n + DX[way];
        return y < 0 || x < 0 || y >= n || x >= n ? -1 : y * n + x;
    }

    private float[] observation() {
        int plane = side * side;
        var seen = new float[4 * plane];
        int head = body.peekFirst();
        for (int dy = -n + 1; dy < n; dy++) {
            for (int dx = -n + 1; dx < n; dx++) {
                int y = head / n + dy, x = head % n + dx;
                if (y < 0 || x < 0 || y >= n || x >= n) seen[place(dy, dx)] = 1;
            }
        }
        int left = body.size();
        for (Iterator<Integer> parts = body.iterator(); parts.hasNext(); left--) {
            int part = parts.next();
            seen[plane + place(part / n - head / n, part % n - head % n)] = (float) left / body.size();
        }
        if (!taken[apple]) seen[2 * plane + place(apple / n - head / n, apple % n - head % n)] = 1;
        float length = (float) body.size() / (n * n);
        for (int i = 3 * plane; i < 4 * plane; i++) seen[i] = length;
        return seen;
    }

    /** Where a square lies that is so far down and right of the head, the board turned so that the head looks up. */
    private int place(int dy, int dx) {
        int y = dy, x = dx;
        for (int turns = 0; turns < direction; turns++) {
            int turned = -x;
            x = y;
            y = turned;
        }
        return (y + n - 1) * side + x + n - 1;
    }

    /** What a simple script does: towards the apple, and not into what kills at once. */
    public int greedy() {
        int best = 1;
        double bestWorth = Double.NEGATIVE_INFINITY;
        for (int action : new int[] {1, 0, 2}) {
            int next = ahead((direction + action + 3) % 4);
            boolean dies = next < 0 || taken[next] && next != body.peekLast();
            double worth = dies ? -1000 : -Math.abs(next / n - apple / n) - Math.abs(next % n - apple % n);
            if (worth > bestWorth) {
                bestWorth = worth;
                best = action;
            }
        }
        return best;
    }

    @Override public BufferedImage render() {
        var canvas = new Canvas(0, n, 0, n).box(n / 2.0, n / 2.0, n, n, new Color(0xEEEEEE));
        canvas.disc(apple % n + 0.5, n - 0.5 - apple / n, 0.35, Canvas.WARM);
        body.forEach(part -> canvas.box(part % n + 0.5, n - 0.5 - part / n, 0.9, 0.9, Canvas.GREEN));
        int head = body.peekFirst();
        return canvas.disc(head % n + 0.5, n - 0.5 - head / n, 0.25, Color.BLACK).image();
    }
}
