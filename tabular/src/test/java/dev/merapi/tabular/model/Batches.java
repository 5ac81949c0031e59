package dev.merapi.tabular.model;

import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tensor.Tensor;
import java.util.List;

/** A small batch of every kind of field, for models of {@link #INPUTS}. */
final class Batches {
    static final Inputs INPUTS = new Inputs(2, List.of(4, 3), List.of(5), List.of(6));
    static final double[][] NUMBERS = {{0.5, -1}, {2, 0.25}, {-0.75, 1.5}};
    static final int[][] CATEGORIES = {{3, 0}, {1, 2}, {3, 2}};
    static final int[][] LIST = {{2, 4}, {3, 0}, {0, 0}};
    static final int[][] CROSSES = {{5}, {0}, {2}};

    private Batches() {}

    static TableBatch of(Tensor target) {
        return new TableBatch(Tensor.of(new float[][] {{0.5f, -1}, {2, 0.25f}, {-0.75f, 1.5f}}), ids(CATEGORIES),
                List.of(ids(LIST)), ids(CROSSES), target);
    }

    private static Tensor ids(int[][] rows) {
        var flat = new long[rows.length * rows[0].length];
        for (int i = 0; i < flat.length; i++) flat[i] = rows[i / rows[0].length][i % rows[0].length];
        return Tensor.of(flat, rows.length, rows[0].length);
    }
}
