package dev.merapi.play.env;

import dev.merapi.tensor.Expect;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * A walk over squares: left (0), down (1), right (2), up (3). A map is a line for each row, of {@code S} start,
 * {@code .} free, {@code #} wall, {@code H} hole, which ends the episode, and {@code G} goal, which ends it too.
 *
 * <pre>{@code
 * var world = new GridWorld(List.of("S..", ".#H", "..G"), GridWorld.Rules.DEFAULT);
 * }</pre>
 *
 * Observation: a 1 in the place of the square, of all squares row by row.
 */
public final class GridWorld implements Env<Integer> {
    /** Names of the actions as arrows. */
    public static final List<String> ARROWS = List.of("←", "↓", "→", "↑");
    private static final int[] DY = {0, 1, 0, -1};
    private static final int[] DX = {-1, 0, 1, 0};

    private final List<String> map;
    private final Rules rules;
    private final int rows, columns;
    private int start = -1;
    private int at;
    private Chance chance = new Chance(0);

    /**
     * What steps bring.
     *
     * @param slip how likely a step goes off to one of the two sides instead, as FrozenLake's 2/3
     * @param step reward of each step
     * @param goal reward of the goal, beside that
     * @param hole reward of a hole, beside that
     * @param back whether a hole leads back to the start instead of ending the episode, as in CliffWalking
     */
    public record Rules(double slip, double step, double goal, double hole, boolean back) {
        /** One for the goal, nothing else, and no slipping. */
        public static final Rules DEFAULT = new Rules(0, 0, 1, 0, false);

        public Rules {
            Expect.probability("GridWorld.slip", slip);
        }
    }

    /** On a map. */
    public GridWorld(List<String> map, Rules rules) {
        this.map = List.copyOf(map);
        this.rules = rules;
        Expect.that(!map.isEmpty() && !map.getFirst().isEmpty(), "GridWorld", "at least one square", "none");
        rows = map.size();
        columns = map.getFirst().length();
        for (int i = 0; i < rows * columns; i++) {
            String row = map.get(i / columns);
            Expect.that(row.length() == columns, "GridWorld", "rows of " + columns + " squares", '"' + row + '"');
            Expect.that("S.#HG".indexOf(square(i)) >= 0, "GridWorld", "squares S . # H G", "'" + square(i) + "'");
            if (square(i) == 'S') start = i;
        }
        Expect.that(start >= 0, "GridWorld", "a start, S", "none");
        at = start;
    }

    /** FrozenLake-v1's ice of 4 by 4, on which a step goes aside in two cases of three where it is slippery. */
    public static GridWorld frozenLake(boolean slippery) {
        return new GridWorld(List.of("S...", ".H.H", "...H", "H..G"),
                new Rules(slippery ? 2.0 / 3 : 0, 0, 1, 0, false));
    }

    /** CliffWalking: −1 a step, −100 over the edge and back to the start (Sutton and Barto, example 6.6). */
    public static GridWorld cliffWalking() {
        return new GridWorld(List.of("............", "............", "............", "SHHHHHHHHHHG"),
                new Rules(0, -1, 0, -99, true));
    }

    private char square(int i) { return map.get(i / columns).charAt(i % columns); }

    /** Rows of the map. */
    public int rows() { return rows; }

    /** Squares in a row. */
    public int columns() { return columns; }

    /** What is on a square, counted row by row. */
    public char at(int square) { return square(square); }

    /** The observation on a square. */
    public float[] seen(int square) {
        var seen = new float[rows * columns];
        seen[square] = 1;
        return seen;
    }

    @Override public Space.Box observationSpace() { return Space.Box.of(0, 1, (long) rows * columns); }

    @Override public Space.Discrete actionSpace() { return new Space.Discrete(4); }

    @Override public float[] reset(long seed) {
        chance = new Chance(seed);
        at = start;
        return seen(at);
    }

    @Override public Step step(Integer action) {
        double drawn = rules.slip == 0 ? 1 : chance.nextDouble();
        int turn = drawn < rules.slip / 2 ? 3 : drawn < rules.slip ? 1 : 0;
        return to(moved(at, (action + turn) % 4));
    }

    private Step to(int square) {
        at = square;
        char what = square(at);
        boolean fell = what == 'H';
        double reward = rules.step + (what == 'G' ? rules.goal : fell ? rules.hole : 0);
        if (fell && rules.back) at = start;
        return new Step(seen(at), reward, what == 'G' || fell && !rules.back);
    }

    private int moved(int square, int direction) {
        int y = Math.clamp(square / columns + DY[direction], 0, rows - 1);
        int x = Math.clamp(square % columns + DX[direction], 0, columns - 1);
        int there = y * columns + x;
        return square(there) == '#' ? square : there;
    }

    /**
     * The true value of each square under the best policy, by value iteration; 0 where an episode ends, and of walls.
     *
     * @param discount of a reward a step later
     */
    public double[] values(double discount) {
        var values = new double[rows * columns];
        double change;
        do {
            change = 0;
            for (int s = 0; s < values.length; s++) {
                if (ends(s) || square(s) == '#') continue;
                double best = Double.NEGATIVE_INFINITY;
                for (int a = 0; a < 4; a++) {
                    double value = (1 - rules.slip) * worth(s, a, values, discount);
                    if (rules.slip > 0) {
                        value += rules.slip / 2 * (worth(s, (a + 3) % 4, values, discount)
                                + worth(s, (a + 1) % 4, values, discount));
                    }
                    best = Math.max(best, value);
                }
                change = Math.max(change, Math.abs(best - values[s]));
                values[s] = best;
            }
        } while (change > 1e-10);
        return values;
    }

    private boolean ends(int s) { return square(s) == 'G' || square(s) == 'H' && !rules.back; }

    private double worth(int s, int direction, double[] values, double discount) {
        int there = moved(s, direction);
        boolean fell = square(there) == 'H';
        double reward = rules.step + (square(there) == 'G' ? rules.goal : fell ? rules.hole : 0);
        if (fell && rules.back) there = start;
        return reward + (ends(there) ? 0 : discount * values[there]);
    }

    @Override public BufferedImage render() {
        var canvas = new Canvas(0, columns, 0, rows);
        for (int i = 0; i < rows * columns; i++) {
            Color color = switch (square(i)) {
                case '#' -> Color.DARK_GRAY;
                case 'H' -> Canvas.COOL;
                case 'G' -> Canvas.GREEN;
                default -> new Color(0xEEEEEE);
            };
            canvas.box(i % columns + 0.5, rows - 0.5 - i / columns, 0.94, 0.94, color);
        }
        return canvas.disc(at % columns + 0.5, rows - 0.5 - at / columns, 0.3, Canvas.WARM).image();
    }
}
