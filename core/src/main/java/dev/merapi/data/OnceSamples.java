package dev.merapi.data;

import java.util.Iterator;
import java.util.concurrent.atomic.AtomicBoolean;

final class OnceSamples<E> implements Samples<E> {
    private final Iterator<E> samples;
    private final AtomicBoolean opened = new AtomicBoolean();

    OnceSamples(Iterator<E> samples) { this.samples = samples; }

    @Override public boolean repeatable() { return false; }

    @Override public Cursor<E> open(int epoch) {
        if (opened.compareAndSet(false, true)) return Cursor.of(samples, () -> { });
        throw new IllegalArgumentException("Samples.once: expected one pass, as the samples come only once. Received"
                + " another, of epoch " + epoch + "; train by steps for less than a pass, or give samples that can be"
                + " opened again, by Samples.of.");
    }
}
