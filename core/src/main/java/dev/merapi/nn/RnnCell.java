package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** One step of {@link Rnn}. Shapes: x (B, in), h (B, hidden) to the next h. */
public final class RnnCell extends Cell {
    /** Sizes of x and of the state; tanh. */
    public RnnCell(int in, int hidden) { super(in, hidden, 1); }

    /** x (B, in) and h (B, hidden) to the next h. */
    public Tensor forward(Tensor x, Tensor h) { return step("rnn_tanh_cell", x, h)[0]; }
}
