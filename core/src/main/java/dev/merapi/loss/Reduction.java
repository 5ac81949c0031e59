package dev.merapi.loss;

/** The engine's codes of what becomes of the single losses. */
final class Reduction {
    static final long NONE = 0;
    static final long MEAN = 1;
    static final long SUM = 2;

    private Reduction() {}
}
