package dev.merapi.play.game;

import java.util.Arrays;

/**
 * Othello, or Reversi: a stone turns those of the opponent that it encloses with another. Who has no move passes, which
 * is the move {@link #PASS}; when neither has one, who has more stones has won.
 *
 * @param own stones of who is to move, a bit for each cell
 * @param other those of the opponent
 * @param player who is to move
 */
public record Othello(long own, long other, int player) implements GameState {
    /** The move of who has none. */
    public static final int PASS = 64;

    private static final int CELLS = 64;
    private static final GameSpec SPEC = new GameSpec("othello", 3, 8, 8, CELLS + 1, Symmetry.ofSquare(8, CELLS + 1));
    private static final long LEFT = 0x0101010101010101L, RIGHT = LEFT << 7; // columns
    private static final long CORNERS = 1L | 1L << 7 | 1L << 56 | 1L << 63;
    private static final int[] WAYS = {1, -1, 8, -8, 9, -9, 7, -7};

    /** X has e4 and d5 and begins. */
    public static final Othello START = new Othello(1L << 28 | 1L << 35, 1L << 27 | 1L << 36, 0);

    @Override public GameSpec spec() { return SPEC; }

    /** All stones one cell on, without those that would leave the board at a side. */
    private static long shift(long stones, int way) {
        int sideways = way & 7; // 1: right, 7: left
        long kept = sideways == 1 ? stones & ~RIGHT : sideways == 7 ? stones & ~LEFT : stones;
        return way > 0 ? kept << way : kept >>> -way;
    }

    /** Cells on which a stone of the first turns one of the second. */
    private static long moves(long first, long second) {
        long moves = 0;
        for (int way : WAYS) {
            long enclosed = shift(first, way) & second;
            for (int i = 0; i < 5; i++) enclosed |= shift(enclosed, way) & second;
            moves |= shift(enclosed, way) & ~(first | second);
        }
        return moves;
    }

    @Override public boolean isOver() { return moves(own, other) == 0 && moves(other, own) == 0; }

    @Override public double payoff() {
        if (!isOver()) return 0;
        int more = Integer.signum(Long.bitCount(own) - Long.bitCount(other));
        return player == 0 ? more : -more;
    }

    @Override public int[] legal() {
        long moves = moves(own, other);
        if (moves == 0) return isOver() ? new int[0] : new int[] {PASS};
        var list = new int[Long.bitCount(moves)];
        for (int i = 0; moves != 0; moves &= moves - 1) list[i++] = Long.numberOfTrailingZeros(moves);
        return list;
    }

    @Override public Othello play(int move) {
        if (move == PASS && moves(own, other) == 0 && !isOver()) return new Othello(other, own, 1 - player);
        if (move < 0 || move >= CELLS || (moves(own, other) >>> move & 1) == 0) throw illegal(move);
        long stone = 1L << move, turned = 0;
        for (int way : WAYS) {
            long enclosed = 0, next = shift(stone, way);
            for (; (next & other) != 0; next = shift(next, way)) enclosed |= next;
            if ((next & own) != 0) turned |= enclosed;
        }
        return new Othello(other & ~turned, own | stone | turned, 1 - player);
    }

    /** More moves, and corners, which are never turned again. */
    @Override public double estimate() {
        int moves = Long.bitCount(moves(own, other)) - Long.bitCount(moves(other, own));
        int corners = Long.bitCount(own & CORNERS) - Long.bitCount(other & CORNERS);
        return Math.clamp(moves * 0.01 + corners * 0.1, -0.99, 0.99);
    }

    @Override public void planes(float[] into, int from) {
        Boards.plane(own, into, from, CELLS);
        Boards.plane(other, into, from + CELLS, CELLS);
        Arrays.fill(into, from + 2 * CELLS, from + 3 * CELLS, 1); // so that a convolution sees the edge
    }

    @Override public String name(int move) { return move == PASS ? Boards.PASS : Boards.name(move, 8); }

    @Override public String toString() {
        long first = player == 0 ? own : other;
        long second = player == 0 ? other : own;
        return Boards.text(8, 8, cell -> Boards.stone((first >>> cell & 1) != 0, (second >>> cell & 1) != 0));
    }
}
