package dev.merapi.play.game;

import dev.merapi.tensor.Expect;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Go by Tromp and Taylor's rules, but that a move may not leave its own stones without a liberty: stones without one
 * are taken, no board may come again (positional superko), two passes end the game, and who has more area has won:
 * stones, and empty cells that reach no stone of the other. A game that has not ended after 3 moves for each cell does
 * so then.
 */
public final class Go implements GameState {
    private static final byte EMPTY = -1;
    private static final Map<Integer, GameSpec> SPECS = new ConcurrentHashMap<>();

    private final int size;
    private final double komi;
    private final byte[] stones; // EMPTY, 0 or 1
    private final int player;
    private final int passes; // one after the other, just now
    private final int last; // where the last stone was put; -1: none
    private final long[] seen; // the hashes of all boards so far, this one the last

    private Go(int size, double komi, byte[] stones, int player, int passes, int last, long[] seen) {
        this.size = size;
        this.komi = komi;
        this.stones = stones;
        this.player = player;
        this.passes = passes;
        this.last = last;
        this.seen = seen;
    }

    /** An empty board, for which the second player gets 7.5 points. */
    public static Go start(int size) { return start(size, 7.5); }

    /**
     * An empty board.
     *
     * @param size its side, from 2 to 19
     * @param komi points of the second player from the start
     */
    public static Go start(int size, double komi) {
        Expect.that(size >= 2 && size <= 19, "Go.size", "from 2 to 19", size);
        Expect.that(Math.abs(komi) <= size * size, "Go.komi", "at most " + size * size, komi);
        var stones = new byte[size * size];
        Arrays.fill(stones, EMPTY);
        return new Go(size, komi, stones, 0, 0, -1, new long[] {0});
    }

    @Override public GameSpec spec() {
        return SPECS.computeIfAbsent(size, side -> new GameSpec("go", 5, side, side, side * side + 1,
                Symmetry.ofSquare(side, side * side + 1)));
    }

    /** The move that puts no stone. */
    public int pass() { return stones.length; }

    @Override public int player() { return player; }

    @Override public boolean isOver() { return passes == 2 || seen.length > 3 * stones.length; }

    @Override public double payoff() { return isOver() ? Math.signum(area(0) - area(1) - komi) : 0; }

    /** Stones of a player, and the empty cells that reach no stone of the other. */
    public int area(int player) {
        var reached = new boolean[stones.length]; // by the other, over empty cells
        var stack = new int[stones.length];
        int depth = 0;
        for (int cell = 0; cell < stones.length; cell++) {
            if (stones[cell] != 1 - player) continue;
            reached[cell] = true;
            stack[depth++] = cell;
        }
        while (depth > 0) {
            for (int near : neighbours(stack[--depth])) {
                if (near < 0 || reached[near] || stones[near] != EMPTY) continue;
                reached[near] = true;
                stack[depth++] = near;
            }
        }
        int area = 0;
        for (boolean theirs : reached) if (!theirs) area++;
        boolean any = false; // on an empty board nothing is anybody's
        for (byte stone : stones) any |= stone == player;
        return any ? area : 0;
    }

    /** The cells at the sides of one; -1 where the board ends. */
    private int[] neighbours(int cell) {
        int column = cell % size;
        return new int[] {cell - size, cell + size < stones.length ? cell + size : -1, column > 0 ? cell - 1 : -1,
                column < size - 1 ? cell + 1 : -1};
    }

    /** A number for a stone on a cell; a board's hash is their exclusive or (Zobrist 1970). */
    private static long zobrist(int cell, int player) {
        long z = (cell * 2L + player + 1) * 0x9e3779b97f4a7c15L; // SplitMix64
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    /** The connected stones of one colour. */
    private static final class Chain {
        int liberties;
        long hash; // of its stones
    }

    /** The chain of each cell with a stone; null for empty ones. */
    private Chain[] chains() {
        var chains = new Chain[stones.length];
        var stack = new int[stones.length];
        var counted = new int[stones.length]; // the chain, by number, whose liberty a cell was found to be last
        int number = 0;
        for (int first = 0; first < stones.length; first++) {
            if (stones[first] == EMPTY || chains[first] != null) continue;
            var chain = new Chain();
            chains[first] = chain;
            number++;
            stack[0] = first;
            for (int depth = 1; depth > 0;) {
                int cell = stack[--depth];
                chain.hash ^= zobrist(cell, stones[cell]);
                for (int near : neighbours(cell)) {
                    if (near < 0) continue;
                    if (stones[near] == EMPTY && counted[near] != number) {
                        counted[near] = number;
                        chain.liberties++;
                    } else if (stones[near] == stones[cell] && chains[near] == null) {
                        chains[near] = chain;
                        stack[depth++] = near;
                    }
                }
            }
        }
        return chains;
    }

    /** The hash of the board after a stone of who is to move; 0 where it may not be put. */
    private long after(int cell, Chain[] chains) {
        if (stones[cell] != EMPTY) return 0;
        long hash = seen[seen.length - 1] ^ zobrist(cell, player);
        boolean lives = false;
        var near = neighbours(cell);
        for (int i = 0; i < near.length; i++) {
            if (near[i] < 0) continue;
            var chain = chains[near[i]];
            if (chain == null) {
                lives = true;
            } else if (stones[near[i]] == player) {
                lives |= chain.liberties > 1;
            } else if (chain.liberties == 1) {
                lives = true;
                if (isFirst(chain, chains, near, i)) hash ^= chain.hash; // taken
            }
        }
        if (!lives) return 0;
        for (long board : seen) if (board == hash) return 0;
        return hash;
    }

    /** Whether a chain touches no earlier side of a cell: it is taken once. */
    private static boolean isFirst(Chain chain, Chain[] chains, int[] near, int until) {
        for (int i = 0; i < until; i++) if (near[i] >= 0 && chains[near[i]] == chain) return false;
        return true;
    }

    @Override public int[] legal() {
        if (isOver()) return new int[0];
        var moves = new int[stones.length + 1];
        int count = 0;
        var chains = chains();
        for (int cell = 0; cell < stones.length; cell++) if (after(cell, chains) != 0) moves[count++] = cell;
        moves[count++] = pass();
        return Arrays.copyOf(moves, count);
    }

    @Override public Go play(int move) {
        if (isOver() || move < 0 || move > pass()) throw illegal(move);
        if (move == pass()) return next(stones, passes + 1, -1, seen[seen.length - 1]);
        var chains = chains();
        long hash = after(move, chains);
        if (hash == 0) throw illegal(move);
        var board = stones.clone();
        board[move] = (byte) player;
        for (int near : neighbours(move)) {
            if (near < 0 || stones[near] != 1 - player || chains[near].liberties > 1) continue;
            for (int cell = 0; cell < board.length; cell++) if (chains[cell] == chains[near]) board[cell] = EMPTY;
        }
        return next(board, 0, move, hash);
    }

    private Go next(byte[] board, int passes, int last, long hash) {
        var boards = Arrays.copyOf(seen, seen.length + 1);
        boards[seen.length] = hash;
        return new Go(size, komi, board, 1 - player, passes, last, boards);
    }

    @Override public double estimate() {
        double ahead = (area(0) - area(1) - komi) / (2.0 * stones.length);
        return Math.clamp(player == 0 ? ahead : -ahead, -0.99, 0.99);
    }

    @Override public void planes(float[] into, int from) {
        int cells = stones.length;
        for (int cell = 0; cell < cells; cell++) {
            into[from + cell] = stones[cell] == player ? 1 : 0;
            into[from + cells + cell] = stones[cell] == 1 - player ? 1 : 0;
            into[from + 2 * cells + cell] = cell == last ? 1 : 0;
        }
        Arrays.fill(into, from + 3 * cells, from + 4 * cells, player); // which of the two gets the komi
        Arrays.fill(into, from + 4 * cells, from + 5 * cells, passes); // a second pass would end it
    }

    @Override public String name(int move) { return move == pass() ? Boards.PASS : Boards.name(move, size); }

    /** Boards that were seen count too, as they may not come again. */
    @Override public boolean equals(Object other) {
        return other instanceof Go go && player == go.player && passes == go.passes && last == go.last
                && komi == go.komi && Arrays.equals(stones, go.stones) && Arrays.equals(seen, go.seen);
    }

    @Override public int hashCode() { return Long.hashCode(seen[seen.length - 1]) + player; }

    @Override public String toString() {
        return Boards.text(size, size, cell -> Boards.stone(stones[cell] == 0, stones[cell] == 1));
    }
}
