package dev.merapi.play.env;

import dev.merapi.tensor.Expect;
import java.util.ArrayDeque;

/**
 * Shows the last observations one behind the other, the newest last, so that a policy without memory sees motion. The
 * first axis grows: (C, H, W) becomes (n · C, H, W). At the start the first one stands in all places.
 *
 * @param <A> an action
 */
public final class FrameStack<A> extends Wrapper<A> {
    private final int n;
    private final ArrayDeque<float[]> frames = new ArrayDeque<>();

    /** @param n how many */
    public FrameStack(Env<A> inner, int n) {
        super(inner);
        Expect.atLeast("FrameStack", 1, n);
        this.n = n;
    }

    @Override public Space.Box observationSpace() {
        var one = inner.observationSpace();
        long[] shape = one.shape();
        shape[0] *= n;
        return new Space.Box(repeated(one.low()), repeated(one.high()), shape);
    }

    private float[] repeated(float[] bounds) {
        var all = new float[n * bounds.length];
        for (int i = 0; i < n; i++) System.arraycopy(bounds, 0, all, i * bounds.length, bounds.length);
        return all;
    }

    @Override public float[] reset(long seed) {
        frames.clear();
        float[] first = inner.reset(seed);
        for (int i = 0; i < n; i++) frames.add(first);
        return stacked();
    }

    @Override public Step step(A action) {
        var step = inner.step(action);
        frames.removeFirst();
        frames.add(step.observation());
        return step.observation(stacked());
    }

    private float[] stacked() {
        int size = frames.getFirst().length;
        var all = new float[n * size];
        int at = 0;
        for (float[] frame : frames) System.arraycopy(frame, 0, all, size * at++, size);
        return all;
    }
}
