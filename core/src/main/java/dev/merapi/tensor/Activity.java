package dev.merapi.tensor;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The threads that may be inside a native call now: those with an open scope, and those that ever made a tensor
 * without one.
 */
final class Activity {
    private static final Set<Thread> IN_SCOPE = ConcurrentHashMap.newKeySet();
    private static final Set<Thread> WITHOUT_SCOPE
            = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    private static final ThreadLocal<Boolean> IS_KNOWN = new ThreadLocal<>();

    private Activity() {}

    static void enter() { IN_SCOPE.add(Thread.currentThread()); }

    static void leave() { IN_SCOPE.remove(Thread.currentThread()); }

    static void withoutScope() {
        if (IS_KNOWN.get() != null) return;
        IS_KNOWN.set(true);
        WITHOUT_SCOPE.add(Thread.currentThread());
    }

    /** Whether a thread other than this one may be inside a native call. */
    static boolean isElsewhere() {
        Thread here = Thread.currentThread();
        if (IN_SCOPE.stream().anyMatch(thread -> thread != here && thread.isAlive())) return true;
        synchronized (WITHOUT_SCOPE) {
            return WITHOUT_SCOPE.stream().anyMatch(thread -> thread != here && thread.isAlive());
        }
    }
}
