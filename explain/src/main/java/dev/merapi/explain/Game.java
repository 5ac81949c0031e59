package dev.merapi.explain;

import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A value for every set of players (a cooperative game): of a model, what it answers when it knows some features of an
 * input and the others are hidden.
 */
public interface Game {
    /** How many there are. */
    int players();

    /**
     * The values of coalitions.
     *
     * @param coalitions of each, which players are in it
     */
    double[] values(boolean[][] coalitions);

    /** The value of one. */
    default double value(boolean[] coalition) { return values(new boolean[][] {coalition})[0]; }

    /** The values of nobody and of all. */
    default double[] ends() {
        var all = new boolean[players()];
        Arrays.fill(all, true);
        return values(new boolean[][] {new boolean[players()], all});
    }

    /** Makes the game of an input. */
    @FunctionalInterface
    interface Maker {
        Game of(Tensor x, int output);
    }

    /**
     * Games in which a hidden feature takes the values that it has in background rows, and the output is the mean over
     * these.
     *
     * @param model (B, …) to (B, outputs)
     * @param background (R, …) of the input's shape: rows of a table, or one blank picture
     * @param groups for each element of an input the number of the feature that it belongs to, from 0; -1 for one that
     *     is never hidden
     */
    static Maker of(Unary model, Tensor background, int[] groups) {
        return of(model, background, groups, Chunks.DEFAULT);
    }

    /** As {@link #of(Unary, Tensor, int[])}, with a chunk that bounds memory. */
    static Maker of(Unary model, Tensor background, int[] groups, Chunks chunks) {
        return (x, output) -> new HidingGame(model, x, background, groups, output, chunks);
    }

    /** A feature for each element of an input. */
    static int[] each(int elements) { return IntStream.range(0, elements).toArray(); }
}
