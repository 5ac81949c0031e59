package dev.merapi.vision.transform;

/** The checks that several transforms share. */
final class Checks {
    private Checks() {}

    static void positive(String what, int value) {
        if (value < 1) throw new IllegalArgumentException(what + ": expected at least 1. Received " + value);
    }

    static void notNegative(String what, double value) {
        if (!(value >= 0)) throw new IllegalArgumentException(what + ": expected 0 or more. Received " + value);
    }

    static void probability(String what, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(what + ": expected a probability from 0 to 1. Received " + value);
        }
    }
}
