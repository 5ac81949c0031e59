package dev.merapi.tensor;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What is to be done when a backward on this thread has added to the gradients of some parameters. */
final class AfterBackward {
    private static final ThreadLocal<AfterBackward> HERE = ThreadLocal.withInitial(AfterBackward::new);

    private final List<Waiting> all = new CopyOnWriteArrayList<>();
    private int depth; // backwards under way: one may run inside another, as activation checkpoints do

    private AfterBackward() {}

    private static final class Waiting {
        private final Runnable action;
        private volatile boolean reached; // by the engine, on whatever thread

        private Waiting(Runnable action) { this.action = action; }
    }

    /** Runs {@code action} after each backward that reaches {@code leaf}. */
    static Guard of(Tensor leaf, Runnable action) {
        var waiting = new Waiting(action);
        var here = HERE.get();
        Guard mark = GradientHook.replace(leaf, _ -> {
            waiting.reached = true;
            return null;
        });
        here.all.add(waiting);
        return () -> {
            here.all.remove(waiting);
            mark.close();
        };
    }

    /** Around the engine's own backward. */
    static void around(Runnable backward) {
        var here = HERE.get();
        if (here.depth == 0) here.all.forEach(waiting -> waiting.reached = false);
        here.depth++;
        try {
            backward.run();
        } finally {
            here.depth--;
        }
        if (here.depth > 0) return;
        for (Waiting waiting : here.all) {
            if (waiting.reached) waiting.action.run();
        }
    }
}
