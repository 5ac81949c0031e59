package dev.merapi.play.game;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** What boards share: names of cells, drawings, lines. */
final class Boards {
    static final String PASS = "pass";

    private Boards() {}

    /** A column's letter and a row's number: {@code a1} is the cell at the top left. */
    static String name(int cell, int width) { return "" + (char) ('a' + cell % width) + (cell / width + 1); }

    /** Draws a board with letters above and numbers beside it. */
    static String text(int height, int width, IntFunction<String> cell) {
        var text = new StringBuilder("  ");
        for (int column = 0; column < width; column++) text.append(' ').append((char) ('a' + column));
        for (int row = 0; row < height; row++) {
            text.append("\n%2d".formatted(row + 1));
            for (int column = 0; column < width; column++) text.append(' ').append(cell.apply(row * width + column));
        }
        return text.toString();
    }

    /** A cell of two players' stones. */
    static String stone(boolean first, boolean second) { return first ? "X" : second ? "O" : "."; }

    /** The cells of all straight lines of a length: along rows, columns and both diagonals. */
    static List<int[]> lines(int height, int width, int length) {
        var lines = new ArrayList<int[]>();
        int[][] ways = {{0, 1}, {1, 0}, {1, 1}, {1, -1}};
        for (var way : ways) {
            for (int row = 0; row < height; row++) {
                for (int column = 0; column < width; column++) {
                    int lastRow = row + way[0] * (length - 1), lastColumn = column + way[1] * (length - 1);
                    if (lastRow >= height || lastColumn >= width || lastColumn < 0) continue;
                    var line = new int[length];
                    for (int i = 0; i < length; i++) line[i] = (row + way[0] * i) * width + column + way[1] * i;
                    lines.add(line);
                }
            }
        }
        return lines;
    }

    /** Writes the stones of a bitboard as ones. */
    static void plane(long stones, float[] into, int from, int cells) {
        for (int i = 0; i < cells; i++) into[from + i] = stones >>> i & 1;
    }
}
