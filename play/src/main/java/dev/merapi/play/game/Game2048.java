package dev.merapi.play.game;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * 2048: tiles on a board of 4 × 4 slide to a side, equal neighbours become one of twice the number, whose points count,
 * and chance puts a 2, or one time in ten a 4, on an empty cell.
 *
 * @param board 4 bits for each cell: the exponent of its tile, 0 for none
 * @param points so far
 * @param player 0, or {@link GameState#CHANCE} after a move
 */
public record Game2048(long board, int points, int player) implements GameState {
    private static final int SIDE = 4, CELLS = SIDE * SIDE, EXPONENTS = 16;
    private static final List<String> NAMES = List.of("up", "right", "down", "left");
    private static final GameSpec SPEC = new GameSpec("2048", EXPONENTS, SIDE, SIDE, 4,
            List.of(Symmetry.identity(CELLS, 4)));
    /** The cells of each line, from the side to which its tiles slide, for each move. */
    private static final int[][][] LINES = lines();

    /** A board of two tiles from chance. */
    public static Game2048 start(RandomGenerator random) {
        var empty = new Game2048(0, 0, CHANCE);
        return empty.draw(random).chance().draw(random);
    }

    private static int[][][] lines() {
        var lines = new int[4][SIDE][SIDE];
        for (int line = 0; line < SIDE; line++) {
            for (int i = 0; i < SIDE; i++) {
                lines[0][line][i] = i * SIDE + line;
                lines[1][line][i] = line * SIDE + SIDE - 1 - i;
                lines[2][line][i] = (SIDE - 1 - i) * SIDE + line;
                lines[3][line][i] = line * SIDE + i;
            }
        }
        return lines;
    }

    private static int exponent(long board, int cell) { return (int) (board >>> 4 * cell & 15); }

    private Game2048 chance() { return new Game2048(board, points, CHANCE); }

    /** Where chance moves: one of the {@link #outcomes}. */
    public Game2048 draw(RandomGenerator random) {
        var outcomes = outcomes();
        double at = random.nextDouble();
        for (var outcome : outcomes) {
            at -= outcome.probability();
            if (at < 0) return (Game2048) outcome.state();
        }
        return (Game2048) outcomes.getLast().state();
    }

    /** The board after a slide, the same where nothing moves. */
    private Game2048 slide(int move) {
        long after = 0;
        int won = 0;
        for (var line : LINES[move]) {
            int filled = 0, waiting = 0; // an exponent that the next tile may join
            for (int cell : line) {
                int exponent = exponent(board, cell);
                if (exponent == 0) continue;
                if (exponent == waiting && exponent < EXPONENTS - 1) {
                    after += 1L << 4 * line[filled - 1]; // the exponent there grows by one
                    won += 2 << exponent;
                    waiting = 0;
                } else {
                    after |= (long) exponent << 4 * line[filled++];
                    waiting = exponent;
                }
            }
        }
        return new Game2048(after, points + won, CHANCE);
    }

    private boolean moves(int move) { return slide(move).board != board; }

    @Override public GameSpec spec() { return SPEC; }

    @Override public int[] legal() {
        if (player == CHANCE) return new int[0];
        return IntStream.range(0, 4).filter(this::moves).toArray();
    }

    @Override public Game2048 play(int move) {
        if (player == CHANCE || move < 0 || move >= 4 || !moves(move)) throw illegal(move);
        return slide(move);
    }

    @Override public List<Outcome> outcomes() {
        if (player != CHANCE) return List.of();
        var outcomes = new ArrayList<Outcome>();
        int empty = 0;
        for (int cell = 0; cell < CELLS; cell++) if (exponent(board, cell) == 0) empty++;
        for (int cell = 0; cell < CELLS; cell++) {
            if (exponent(board, cell) != 0) continue;
            outcomes.add(new Outcome(0.9 / empty, new Game2048(board | 1L << 4 * cell, points, 0)));
            outcomes.add(new Outcome(0.1 / empty, new Game2048(board | 2L << 4 * cell, points, 0)));
        }
        return outcomes;
    }

    @Override public boolean isOver() { return player != CHANCE && legal().length == 0; }

    @Override public double payoff() { return points; }

    /** The greatest tile. */
    public int greatest() {
        int most = 0;
        for (int cell = 0; cell < CELLS; cell++) most = Math.max(most, exponent(board, cell));
        return most == 0 ? 0 : 1 << most;
    }

    /** Points to come: empty cells, and great tiles that lie in order along a snake from a corner. */
    @Override public double estimate() {
        double worth = 0, weight = 1;
        int empty = 0;
        for (int i = 0; i < CELLS; i++) {
            int row = i / SIDE, column = row % 2 == 0 ? i % SIDE : SIDE - 1 - i % SIDE;
            int exponent = exponent(board, row * SIDE + column);
            if (exponent == 0) empty++;
            else worth += weight * (1 << exponent);
            weight *= 0.6;
        }
        return worth * 4 + empty * 30;
    }

    @Override public void planes(float[] into, int from) {
        for (int cell = 0; cell < CELLS; cell++) {
            int exponent = exponent(board, cell);
            for (int e = 0; e < EXPONENTS; e++) into[from + e * CELLS + cell] = e == exponent ? 1 : 0;
        }
    }

    @Override public String name(int move) { return NAMES.get(move); }

    @Override public String toString() {
        var text = new StringBuilder(points + " points");
        for (int cell = 0; cell < CELLS; cell++) {
            if (cell % SIDE == 0) text.append('\n');
            int exponent = exponent(board, cell);
            text.append("%6s".formatted(exponent == 0 ? "." : "" + (1 << exponent)));
        }
        return text.toString();
    }
}
