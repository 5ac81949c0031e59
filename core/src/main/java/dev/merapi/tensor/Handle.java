package dev.merapi.tensor;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.LongAdder;
import org.bytedeco.pytorch.Tensor;

/** The native pointer behind a tensor: freed once, counted, and in debug mode aware of where it was made and freed. */
final class Handle implements Runnable {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final LongAdder LIVE = new LongAdder();
    private static final boolean DEBUG = Boolean.getBoolean("merapi.debug");

    private final Tensor pointer;
    private final Throwable created = DEBUG ? new Throwable("created here") : null;
    private volatile Throwable freedAt;
    private Cleaner.Cleanable cleanable;

    Handle(Tensor pointer) {
        this.pointer = pointer;
        LIVE.increment();
    }

    static long live() { return LIVE.sum(); }

    Tensor pointer() {
        if (pointer.isNull()) throw useAfterClose();
        return pointer;
    }

    boolean isFreed() { return pointer.isNull(); }

    /** Frees the pointer when {@code owner} becomes garbage, unless it was freed before. */
    void freeWithGarbage(Object owner) {
        if (cleanable == null) cleanable = CLEANER.register(owner, this);
    }

    void free() {
        if (cleanable != null) cleanable.clean();
        else run();
    }

    /** Frees the pointer once. */
    @Override public synchronized void run() {
        if (pointer.isNull()) return;
        if (DEBUG) freedAt = new Throwable("freed here");
        pointer.close();
        LIVE.decrement();
    }

    private IllegalStateException useAfterClose() {
        var error = new IllegalStateException("Tensor: used after it was closed. Keep it longer with Scope.keep, or"
                + " take it out of its scope with owned()." + (DEBUG ? "" : " -Dmerapi.debug=true shows where it was"
                + " made and closed."));
        if (DEBUG) {
            error.addSuppressed(created);
            if (freedAt != null) error.addSuppressed(freedAt);
        }
        return error;
    }
}
