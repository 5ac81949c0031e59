package dev.merapi.nn;

import dev.merapi.tensor.Guard;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** The layers that one thread evaluates, in whatever mode they are on others. */
final class Evaluations {
    private static final AtomicInteger OPEN = new AtomicInteger(); // on all threads
    private static final ThreadLocal<Evaluations> HERE = ThreadLocal.withInitial(Evaluations::new);

    private final Map<Layer, Integer> counts = new IdentityHashMap<>(); // of the evaluations that each layer is in

    private Evaluations() {}

    /** Whether this thread evaluates a layer. */
    static boolean contain(Layer layer) { return OPEN.get() > 0 && HERE.get().has(layer); }

    /** All that this thread evaluates. */
    static List<Layer> layers() { return OPEN.get() > 0 ? HERE.get().all() : List.of(); }

    /** Evaluates layers on this thread, until the guard is closed, on any. */
    static Guard begin(Collection<Layer> layers) {
        var here = HERE.get();
        here.add(layers);
        OPEN.incrementAndGet();
        var open = new AtomicBoolean(true);
        return () -> {
            if (!open.getAndSet(false)) return;
            OPEN.decrementAndGet();
            here.remove(layers);
        };
    }

    /** Ends what evaluations of this thread say of some layers. */
    static void forget(Collection<Layer> layers) { if (OPEN.get() > 0) HERE.get().drop(layers); }

    private synchronized boolean has(Layer layer) { return counts.containsKey(layer); }

    private synchronized List<Layer> all() { return List.copyOf(counts.keySet()); }

    private synchronized void add(Collection<Layer> layers) {
        layers.forEach(layer -> counts.merge(layer, 1, Integer::sum));
    }

    private synchronized void remove(Collection<Layer> layers) {
        layers.forEach(layer -> counts.computeIfPresent(layer, (_, n) -> n == 1 ? null : n - 1));
    }

    private synchronized void drop(Collection<Layer> layers) { layers.forEach(counts::remove); }
}
