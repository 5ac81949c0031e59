package dev.merapi.train;

/**
 * A loss or gradient became NaN or infinite. The message names where it began and what to try. Weights are those before
 * the step, checkpoints are untouched.
 */
public final class NotFiniteException extends ArithmeticException {
    private static final long serialVersionUID = 1;

    NotFiniteException(String message) { super(message); }
}
