package dev.merapi.nn;

import dev.merapi.tensor.Expect;

/**
 * Details of {@link Rnn}, {@link Lstm} and {@link Gru}; start from {@link #DEFAULT}.
 *
 * @param layers stacked, each reading the outputs of the one below
 * @param bidirectional whether a second net reads backwards; outputs are joined
 * @param timeMajor whether x and y are (T, B, …) rather than (B, T, …)
 * @param bias whether there are biases
 * @param dropout between layers, in training
 */
public record RnnOptions(int layers, boolean bidirectional, boolean timeMajor, boolean bias, double dropout) {
    /** One layer, forwards, batch first, with biases. */
    public static final RnnOptions DEFAULT = new RnnOptions(1, false, false, true, 0);

    public RnnOptions {
        Expect.atLeast("RnnOptions.layers", 1, layers);
        Expect.probability("RnnOptions.dropout", dropout);
    }

    /** The same with so many layers. */
    public RnnOptions layers(int count) { return new RnnOptions(count, bidirectional, timeMajor, bias, dropout); }

    /** The same, read backwards too or not. */
    public RnnOptions bidirectional(boolean on) { return new RnnOptions(layers, on, timeMajor, bias, dropout); }

    /** The same for inputs (T, B, in), or for (B, T, in). */
    public RnnOptions timeMajor(boolean on) { return new RnnOptions(layers, bidirectional, on, bias, dropout); }

    /** The same without biases. */
    public RnnOptions noBias() { return new RnnOptions(layers, bidirectional, timeMajor, false, dropout); }

    /** The same with another probability of dropping what passes between layers. */
    public RnnOptions dropout(double p) { return new RnnOptions(layers, bidirectional, timeMajor, bias, p); }
}
