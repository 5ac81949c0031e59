package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** One step of {@link Lstm}. Shapes: x (B, in), h and c (B, hidden) to the next h and c. */
public final class LstmCell extends Cell {
    /** The states after a step. */
    public record Output(Tensor h, Tensor c) {}

    /** Sizes of x and of the states. */
    public LstmCell(int in, int hidden) { super(in, hidden, 4); }

    /** x (B, in), h and c (B, hidden) to the next h and c. */
    public Output forward(Tensor x, Tensor h, Tensor c) {
        var next = step("lstm_cell", x, h, c);
        return new Output(next[0], next[1]);
    }
}
