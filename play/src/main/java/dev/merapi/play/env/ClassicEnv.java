package dev.merapi.play.env;

import dev.merapi.tensor.Expect;
import java.util.Arrays;

/**
 * A mechanism whose state is a few numbers: what the five of classic control share.
 *
 * @param <A> an action
 */
abstract class ClassicEnv<A> implements Env<A> {
    private final int places;
    double[] state;

    ClassicEnv(int places) { this.places = places; }

    /** The state, in the class comment's order. */
    public final double[] state() { return state.clone(); }

    /** Begins an episode in a given state, instead of {@link #reset}; returns the first observation. */
    public final float[] begin(double... given) {
        Expect.that(given.length == places, getClass().getSimpleName() + ".begin", places + " numbers",
                Arrays.toString(given));
        state = given.clone();
        return observation();
    }

    @Override public final float[] reset(long seed) { return begin(start(new Chance(seed))); }

    abstract double[] start(Chance chance);

    abstract float[] observation();
}
