package dev.merapi.nn;

/**
 * Details of the Transformer's layers; start from {@link #DEFAULT}.
 *
 * @param dropout after attention, activation and feed-forward, and on attention weights, in training
 * @param activation between the two feed-forward products
 * @param preNorm whether the norm stands before each part (Xiong et al. 2020, arXiv:2002.04745) rather than
 *     after it
 * @param eps of the norms
 */
public record TransformerOptions(double dropout, Activation activation, boolean preNorm, double eps) {
    /** Torch's: dropout 0.1, ReLU, norms after each part. */
    public static final TransformerOptions DEFAULT = new TransformerOptions(0.1, Activation.RELU, false, 1e-5);

    /** The same with another probability of every dropout. */
    public TransformerOptions dropout(double p) { return new TransformerOptions(p, activation, preNorm, eps); }

    /** The same with another function between the feed-forward products. */
    public TransformerOptions activation(Activation function) {
        return new TransformerOptions(dropout, function, preNorm, eps);
    }

    /** The same with norms before each part, or after it. */
    public TransformerOptions preNorm(boolean on) { return new TransformerOptions(dropout, activation, on, eps); }

    /** The same with another eps of the norms. */
    public TransformerOptions eps(double value) {
        return new TransformerOptions(dropout, activation, preNorm, value);
    }
}
