package dev.merapi.play.game;

import dev.merapi.tensor.Expect;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Five or more in a row on a square board, without the restrictions of tournaments. */
public final class Gomoku implements GameState {
    private static final byte EMPTY = -1;
    private static final int[] WORTH = {0, 1, 4, 16, 64, 0}; // of so many stones in a line that the other has none in
    private static final double WORTH_OF_ONE = 2000;
    private static final Map<Integer, Geometry> GEOMETRIES = new ConcurrentHashMap<>();

    /** What boards of one size share. */
    private record Geometry(GameSpec spec, List<int[]> lines) {
        static Geometry of(int size) {
            int cells = size * size;
            return new Geometry(new GameSpec("gomoku", 3, size, size, cells, Symmetry.ofSquare(size, cells)),
                    Boards.lines(size, size, 5));
        }
    }

    private final int size;
    private final byte[] stones; // EMPTY, 0 or 1
    private final int count;
    private final boolean won; // by who moved last

    private Gomoku(int size, byte[] stones, int count, boolean won) {
        this.size = size;
        this.stones = stones;
        this.count = count;
        this.won = won;
    }

    /**
     * The empty board.
     *
     * @param size its side, from 5 to 19
     */
    public static Gomoku start(int size) {
        Expect.that(size >= 5 && size <= 19, "Gomoku.size", "from 5 to 19", size);
        var stones = new byte[size * size];
        Arrays.fill(stones, EMPTY);
        return new Gomoku(size, stones, 0, false);
    }

    private Geometry geometry() { return GEOMETRIES.computeIfAbsent(size, Geometry::of); }

    @Override public GameSpec spec() { return geometry().spec(); }

    @Override public int player() { return count % 2; }

    @Override public boolean isOver() { return won || count == stones.length; }

    @Override public double payoff() { return won ? player() == 1 ? 1 : -1 : 0; }

    @Override public int[] legal() {
        if (isOver()) return new int[0];
        var moves = new int[stones.length - count];
        for (int cell = 0, i = 0; cell < stones.length; cell++) if (stones[cell] == EMPTY) moves[i++] = cell;
        return moves;
    }

    @Override public Gomoku play(int move) {
        if (move < 0 || move >= stones.length || stones[move] != EMPTY || won) throw illegal(move);
        var next = stones.clone();
        next[move] = (byte) player();
        return new Gomoku(size, next, count + 1, isFive(next, move));
    }

    private boolean isFive(byte[] board, int cell) {
        return 1 + run(board, cell, 0, 1) + run(board, cell, 0, -1) >= 5
                || 1 + run(board, cell, 1, 0) + run(board, cell, -1, 0) >= 5
                || 1 + run(board, cell, 1, 1) + run(board, cell, -1, -1) >= 5
                || 1 + run(board, cell, 1, -1) + run(board, cell, -1, 1) >= 5;
    }

    /** Stones like that of a cell, from it on in one direction. */
    private int run(byte[] board, int cell, int down, int right) {
        int length = 0;
        int row = cell / size + down, column = cell % size + right;
        while (row >= 0 && row < size && column >= 0 && column < size && board[row * size + column] == board[cell]) {
            length++;
            row += down;
            column += right;
        }
        return length;
    }

    /** Lines that one side may still fill, by how far it has. */
    @Override public double estimate() {
        int worth = 0;
        for (var line : geometry().lines()) {
            int mine = 0, theirs = 0;
            for (int cell : line) {
                if (stones[cell] == EMPTY) continue;
                if (stones[cell] == player()) mine++;
                else theirs++;
            }
            if (theirs == 0) worth += WORTH[mine];
            else if (mine == 0) worth -= WORTH[theirs];
        }
        return Math.clamp(worth / WORTH_OF_ONE, -0.99, 0.99);
    }

    @Override public void planes(float[] into, int from) {
        int cells = stones.length;
        for (int cell = 0; cell < cells; cell++) {
            into[from + cell] = stones[cell] == player() ? 1 : 0;
            into[from + cells + cell] = stones[cell] == 1 - player() ? 1 : 0;
        }
        Arrays.fill(into, from + 2 * cells, from + 3 * cells, 1); // so that a convolution sees the edge
    }

    @Override public String name(int move) { return Boards.name(move, size); }

    @Override public boolean equals(Object other) {
        return other instanceof Gomoku gomoku && Arrays.equals(stones, gomoku.stones);
    }

    @Override public int hashCode() { return Arrays.hashCode(stones); }

    @Override public String toString() {
        return Boards.text(size, size, cell -> Boards.stone(stones[cell] == 0, stones[cell] == 1));
    }
}
