package dev.merapi.nn;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;

/** h' = tanh(W_ih x + b_ih + W_hh h + b_hh); see {@link Recurrent} for names and shapes. Elman 1990. */
public final class Rnn extends Recurrent {
    private final String op;

    /** One layer, one direction, batch first, tanh. */
    public Rnn(int in, int hidden) { this(in, hidden, RnnOptions.DEFAULT); }

    /** With tanh. */
    public Rnn(int in, int hidden, RnnOptions options) { this(in, hidden, options, Activation.TANH); }

    /**
     * @param activation {@link Activation#TANH} or {@link Activation#RELU}
     */
    public Rnn(int in, int hidden, RnnOptions options, Activation activation) {
        super(in, hidden, 1, options);
        Expect.that(activation == Activation.TANH || activation == Activation.RELU, "Rnn", "TANH or RELU",
                activation);
        this.op = activation == Activation.TANH ? "rnn_tanh" : "rnn_relu";
    }

    /** From states of 0. */
    public Output forward(Tensor x) { return forward(x, null, null); }

    /** @param h first states (layers · directions, B, hidden), or null for 0 */
    public Output forward(Tensor x, Tensor h) { return forward(x, h, null); }

    /** From state h up to {@code lengths}; either may be null. */
    public Output forward(Tensor x, Tensor h, Tensor lengths) {
        var result = run(op, x, lengths, h);
        return new Output(result[0], result[1]);
    }
}
