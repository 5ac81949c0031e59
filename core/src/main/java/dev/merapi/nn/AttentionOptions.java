package dev.merapi.nn;

import dev.merapi.tensor.Expect;

/**
 * Details of {@link MultiHeadAttention}; start from {@link #DEFAULT}.
 *
 * @param dropout probability of dropping an attention weight in training
 * @param bias whether the projections have a bias
 * @param keyDim last dim of the keys; 0 for the queries'
 * @param valueDim last dim of the values; 0 for the queries'
 */
public record AttentionOptions(double dropout, boolean bias, int keyDim, int valueDim) {
    public static final AttentionOptions DEFAULT = new AttentionOptions(0, true, 0, 0);

    public AttentionOptions {
        Expect.probability("AttentionOptions.dropout", dropout);
    }

    /** The same with another probability of dropping an attention weight. */
    public AttentionOptions dropout(double p) { return new AttentionOptions(p, bias, keyDim, valueDim); }

    /** The same without biases. */
    public AttentionOptions noBias() { return new AttentionOptions(dropout, false, keyDim, valueDim); }

    /** For keys and values of other dims than the queries. */
    public AttentionOptions from(int keys, int values) { return new AttentionOptions(dropout, bias, keys, values); }
}
