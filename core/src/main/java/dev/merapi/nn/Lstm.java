package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/**
 * Long short-term memory: i, f, o = σ(W x + b + W h + b); g = tanh(W x + b + W h + b); c' = f · c + i · g; h'
 * = o · tanh(c'). Rows of the weights stand in the order i, f, g, o. See {@link Recurrent} for names and
 * shapes. Hochreiter and Schmidhuber 1997.
 */
public final class Lstm extends Recurrent {
    /**
     * All outputs and the last states of each layer and direction.
     *
     * @param y of the last layer, (B, T, D · hidden)
     * @param h (layers · D, B, hidden)
     * @param c (layers · D, B, hidden)
     */
    public record Output(Tensor y, Tensor h, Tensor c) {}

    /** One layer, one direction, batch first. */
    public Lstm(int in, int hidden) { this(in, hidden, RnnOptions.DEFAULT); }

    /** @param hidden size of the states and of each direction's output */
    public Lstm(int in, int hidden, RnnOptions options) { super(in, hidden, 4, options); }

    /** From states of 0. */
    public Output forward(Tensor x) { return forward(x, null, null, null); }

    /** From states h and c (layers · directions, B, hidden), or null for 0. */
    public Output forward(Tensor x, Tensor h, Tensor c) { return forward(x, h, c, null); }

    /** From states h and c up to {@code lengths}; each may be null. */
    public Output forward(Tensor x, Tensor h, Tensor c, Tensor lengths) {
        var result = run("lstm", x, lengths, h, c);
        return new Output(result[0], result[1], result[2]);
    }
}
