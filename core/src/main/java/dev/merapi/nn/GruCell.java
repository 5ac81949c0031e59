package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** One step of {@link Gru}. Shapes: x (B, in), h (B, hidden) to the next h. */
public final class GruCell extends Cell {
    /** Sizes of x and of the state. */
    public GruCell(int in, int hidden) { super(in, hidden, 3); }

    /** x (B, in) and h (B, hidden) to the next h. */
    public Tensor forward(Tensor x, Tensor h) { return step("gru_cell", x, h)[0]; }
}
