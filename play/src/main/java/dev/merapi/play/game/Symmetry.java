package dev.merapi.play.game;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A rotation or reflection of a board: the cell {@code i} comes to {@code cells[i]}, the move {@code m} becomes
 * {@code moves[m]}.
 */
public record Symmetry(int[] cells, int[] moves) {
    /** Changes nothing. */
    static Symmetry identity(int cells, int moves) {
        return new Symmetry(IntStream.range(0, cells).toArray(), IntStream.range(0, moves).toArray());
    }

    /** The eight of a square board whose moves are its cells, and perhaps a pass behind them. */
    static List<Symmetry> ofSquare(int side, int moves) {
        var all = new ArrayList<Symmetry>();
        for (int turn = 0; turn < 8; turn++) {
            var cells = new int[side * side];
            for (int i = 0; i < cells.length; i++) {
                int row = i / side, column = i % side;
                if ((turn & 4) != 0) { // reflected at the diagonal, before the flips
                    int swapped = row;
                    row = column;
                    column = swapped;
                }
                if ((turn & 1) != 0) row = side - 1 - row;
                if ((turn & 2) != 0) column = side - 1 - column;
                cells[i] = row * side + column;
            }
            all.add(new Symmetry(cells, IntStream.range(0, moves).map(m -> m < cells.length ? cells[m] : m).toArray()));
        }
        return all;
    }

    /** The two of a board whose left and right are alike and whose moves are columns. */
    static List<Symmetry> ofColumns(int height, int width) {
        var cells = IntStream.range(0, height * width).map(i -> i / width * width + width - 1 - i % width).toArray();
        return List.of(identity(cells.length, width),
                new Symmetry(cells, IntStream.range(0, width).map(m -> width - 1 - m).toArray()));
    }

    /**
     * Turns planes (planes, cells).
     *
     * @param from where in {@code into} to begin
     */
    public void planes(float[] planes, float[] into, int from) {
        for (int start = 0; start < planes.length; start += cells.length) {
            for (int i = 0; i < cells.length; i++) into[from + start + cells[i]] = planes[start + i];
        }
    }

    /**
     * Turns numbers of moves, such as probabilities.
     *
     * @param from where in {@code into} to begin
     */
    public void policy(float[] policy, float[] into, int from) {
        for (int m = 0; m < moves.length; m++) into[from + moves[m]] = policy[m];
    }
}
