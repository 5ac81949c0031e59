package dev.merapi.play.env;

import java.util.random.RandomGenerator;

/** Choices among those that a mask allows. */
final class Masks {
    private Masks() {}

    /**
     * One of the allowed among {@code n} places from {@code from} on, counted from there.
     *
     * @throws IllegalArgumentException if none is
     */
    static int pick(RandomGenerator random, boolean[] mask, int from, int n) {
        int allowed = count(mask, from, n);
        if (allowed == 0) throw none(mask.length);
        int left = random.nextInt(allowed);
        for (int i = 0; ; i++) if (mask[from + i] && left-- == 0) return i;
    }

    static int count(boolean[] mask, int from, int n) {
        int allowed = 0;
        for (int i = from; i < from + n; i++) if (mask[i]) allowed++;
        return allowed;
    }

    static IllegalArgumentException none(int length) {
        return new IllegalArgumentException("Env.actionMask: expected at least one legal action. Received a mask of "
                + length + " without one; where nothing is left to do, the episode is over: terminate it.");
    }
}
