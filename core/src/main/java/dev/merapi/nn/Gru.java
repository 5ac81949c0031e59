package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/**
 * Gated recurrent unit: r, z = σ(W x + b + W h + b); n = tanh(W x + b + r · (W h + b)); h' = (1 - z) · n + z
 * · h. Rows of the weights stand in the order r, z, n. See {@link Recurrent} for names and shapes. Cho et al.
 * 2014, arXiv:1406.1078.
 */
public final class Gru extends Recurrent {
    /** One layer, one direction, batch first. */
    public Gru(int in, int hidden) { this(in, hidden, RnnOptions.DEFAULT); }

    /** @param hidden size of the states and of each direction's output */
    public Gru(int in, int hidden, RnnOptions options) { super(in, hidden, 3, options); }

    /** From states of 0. */
    public Output forward(Tensor x) { return forward(x, null, null); }

    /** @param h first states (layers · directions, B, hidden), or null for 0 */
    public Output forward(Tensor x, Tensor h) { return forward(x, h, null); }

    /** From state h up to {@code lengths}; either may be null. */
    public Output forward(Tensor x, Tensor h, Tensor lengths) {
        var result = run("gru", x, lengths, h);
        return new Output(result[0], result[1]);
    }
}
