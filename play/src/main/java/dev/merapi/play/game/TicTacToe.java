package dev.merapi.play.game;

/**
 * Three in a row on a board of 3 × 3.
 *
 * @param own stones of who is to move, a bit for each cell
 * @param other those of the opponent
 */
public record TicTacToe(int own, int other) implements GameState {
    private static final int CELLS = 9, FULL = 0b111_111_111;
    private static final GameSpec SPEC = new GameSpec("tic-tac-toe", 2, 3, 3, CELLS, Symmetry.ofSquare(3, CELLS));
    private static final int[] LINES = Boards.lines(3, 3, 3).stream()
            .mapToInt(line -> 1 << line[0] | 1 << line[1] | 1 << line[2]).toArray();

    /** The empty board. */
    public static final TicTacToe START = new TicTacToe(0, 0);

    @Override public GameSpec spec() { return SPEC; }

    @Override public int player() { return Integer.bitCount(own | other) % 2; }

    private static boolean won(int stones) {
        for (int line : LINES) if ((stones & line) == line) return true;
        return false;
    }

    @Override public boolean isOver() { return (own | other) == FULL || won(other); }

    @Override public double payoff() { return won(other) ? player() == 1 ? 1 : -1 : 0; }

    @Override public int[] legal() {
        if (isOver()) return new int[0];
        var moves = new int[CELLS - Integer.bitCount(own | other)];
        for (int cell = 0, i = 0; cell < CELLS; cell++) if (isFree(cell)) moves[i++] = cell;
        return moves;
    }

    private boolean isFree(int cell) { return ((own | other) >> cell & 1) == 0; }

    @Override public TicTacToe play(int move) {
        if (move < 0 || move >= CELLS || !isFree(move) || isOver()) throw illegal(move);
        return new TicTacToe(other, own | 1 << move);
    }

    @Override public void planes(float[] into, int from) {
        Boards.plane(own, into, from, CELLS);
        Boards.plane(other, into, from + CELLS, CELLS);
    }

    @Override public String name(int move) { return Boards.name(move, 3); }

    @Override public String toString() {
        int first = player() == 0 ? own : other;
        int second = own ^ other ^ first;
        return Boards.text(3, 3, cell -> Boards.stone((first >> cell & 1) != 0, (second >> cell & 1) != 0));
    }
}
