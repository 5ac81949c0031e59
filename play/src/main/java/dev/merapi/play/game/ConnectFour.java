package dev.merapi.play.game;

import java.util.Arrays;

/**
 * Four in a row on a board of 7 columns, in which stones fall: a move is a column. Its bits are those of Tromp's
 * solver: 7 for each column from its lowest cell on, the seventh always empty, so that no line runs from one column
 * into the next.
 *
 * @param own stones of who is to move
 * @param all stones of both
 */
public record ConnectFour(long own, long all) implements GameState {
    private static final int WIDTH = 7, HEIGHT = 6, STEP = HEIGHT + 1, CELLS = WIDTH * HEIGHT;
    private static final GameSpec SPEC = new GameSpec("connect-four", 3, HEIGHT, WIDTH, WIDTH,
            Symmetry.ofColumns(HEIGHT, WIDTH));
    private static final long[] LINES = Boards.lines(HEIGHT, WIDTH, 4).stream()
            .mapToLong(line -> Arrays.stream(line).mapToLong(ConnectFour::bit).sum()).toArray();
    private static final int[] WORTH = {0, 1, 4, 16, 0}; // of so many stones in a line that the other has none in
    private static final double WORTH_OF_ONE = 250; // more than positions have

    /** The empty board. */
    public static final ConnectFour START = new ConnectFour(0, 0);

    @Override public GameSpec spec() { return SPEC; }

    @Override public int player() { return Long.bitCount(all) % 2; }

    /** The bit of a cell that is counted row by row from the top. */
    private static long bit(int cell) { return 1L << cell % WIDTH * STEP + HEIGHT - 1 - cell / WIDTH; }

    /** Whether there are four in a row: pairs of neighbours, then pairs of pairs. */
    private static boolean won(long stones) {
        for (int way : new int[] {1, STEP - 1, STEP, STEP + 1}) {
            long pairs = stones & stones >>> way;
            if ((pairs & pairs >>> 2 * way) != 0) return true;
        }
        return false;
    }

    private boolean isLost() { return won(own ^ all); }

    @Override public boolean isOver() { return Long.bitCount(all) == CELLS || isLost(); }

    @Override public double payoff() { return isLost() ? player() == 1 ? 1 : -1 : 0; }

    private boolean isFree(int column) { return (all >>> column * STEP + HEIGHT - 1 & 1) == 0; }

    @Override public int[] legal() {
        if (isOver()) return new int[0];
        var moves = new int[WIDTH];
        int count = 0;
        for (int column = 0; column < WIDTH; column++) if (isFree(column)) moves[count++] = column;
        return Arrays.copyOf(moves, count);
    }

    @Override public ConnectFour play(int move) {
        if (move < 0 || move >= WIDTH || !isFree(move) || isLost()) throw illegal(move);
        return new ConnectFour(own ^ all, all | all + (1L << move * STEP)); // the carry stops at the lowest empty cell
    }

    /** Lines that one side may still fill, by how far it has. */
    @Override public double estimate() {
        long other = own ^ all;
        int worth = 0;
        for (long line : LINES) {
            int mine = Long.bitCount(own & line), theirs = Long.bitCount(other & line);
            if (theirs == 0) worth += WORTH[mine];
            else if (mine == 0) worth -= WORTH[theirs];
        }
        return Math.clamp(worth / WORTH_OF_ONE, -0.99, 0.99);
    }

    @Override public void planes(float[] into, int from) {
        for (int cell = 0; cell < CELLS; cell++) {
            long bit = bit(cell);
            into[from + cell] = (own & bit) == 0 ? 0 : 1;
            into[from + CELLS + cell] = ((own ^ all) & bit) == 0 ? 0 : 1;
        }
        Arrays.fill(into, from + 2 * CELLS, from + 3 * CELLS, 1); // so that a convolution sees the edge
    }

    @Override public String name(int move) { return "" + (move + 1); }

    @Override public String toString() {
        long first = player() == 0 ? own : own ^ all;
        var text = new StringBuilder(" 1 2 3 4 5 6 7");
        for (int cell = 0; cell < CELLS; cell++) {
            if (cell % WIDTH == 0) text.append('\n');
            text.append(' ').append(Boards.stone((first & bit(cell)) != 0, (all & ~first & bit(cell)) != 0));
        }
        return text.toString();
    }
}
