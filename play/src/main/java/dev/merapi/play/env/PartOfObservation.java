package dev.merapi.play.env;

import dev.merapi.tensor.Expect;

/**
 * Shows some numbers of an observation alone, so that an agent has to remember to know the rest.
 *
 * @param <A> an action
 */
public final class PartOfObservation<A> extends Wrapper<A> {
    private final int[] places;

    /** @param places of the numbers that are shown, from 0 */
    public PartOfObservation(Env<A> inner, int... places) {
        super(inner);
        this.places = places.clone();
        int width = inner.observationSpace().width();
        Expect.that(places.length > 0, "PartOfObservation", "at least one place", "none");
        for (int place : places) {
            Expect.that(place >= 0 && place < width, "PartOfObservation", "places from 0 to below " + width, place);
        }
    }

    private float[] part(float[] all) {
        var part = new float[places.length];
        for (int i = 0; i < part.length; i++) part[i] = all[places[i]];
        return part;
    }

    @Override public Space.Box observationSpace() {
        var all = inner.observationSpace();
        return new Space.Box(part(all.low()), part(all.high()), new long[] {places.length});
    }

    @Override public float[] reset(long seed) { return part(inner.reset(seed)); }

    @Override public Step step(A action) {
        var step = inner.step(action);
        return step.observation(part(step.observation()));
    }
}
