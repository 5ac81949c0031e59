package dev.merapi.tensor;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.LongAdder;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;

/** The native pointer behind a tensor: freed once, counted, and in debug mode aware of where it was made and freed. */
final class Handle {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final LongAdder LIVE = new LongAdder();
    private static final boolean DEBUG = Boolean.getBoolean("merapi.debug");

    private final Memory memory;
    private Tensor pointer;
    private Cleaner.Cleanable cleanable;

    Handle(Tensor pointer) {
        this.pointer = pointer;
        memory = new Memory(pointer);
    }

    static long live() { return LIVE.sum(); }

    Tensor pointer() {
        if (memory.isFreed()) throw memory.useAfterClose();
        return pointer;
    }

    boolean isFreed() { return memory.isFreed(); }

    /**
     * Frees the memory when it is garbage, unless it was freed before. Garbage is judged by the pointer that native
     * calls receive, not by the tensor around it, which may be unreachable while such a call still runs.
     */
    void freeWithGarbage() {
        if (cleanable != null) return;
        pointer = new Tensor((Pointer) pointer); // a second one, since the cleaner must not hold what it watches
        cleanable = CLEANER.register(pointer, memory);
    }

    void free() {
        if (cleanable == null) memory.run();
        else cleanable.clean();
    }

    private static final class Memory implements Runnable {
        private final Tensor owner;
        private final Throwable made = DEBUG ? new Throwable("made here") : null;
        private volatile Throwable freed;

        Memory(Tensor owner) {
            this.owner = owner;
            LIVE.increment();
        }

        boolean isFreed() { return owner.isNull(); }

        @Override public synchronized void run() {
            if (isFreed()) return;
            if (DEBUG) freed = new Throwable("freed here");
            owner.close();
            LIVE.decrement();
        }

        IllegalStateException useAfterClose() {
            var error = new IllegalStateException("Tensor: used after it was closed. Keep it longer with Scope.keep, or"
                    + " take it out of its scope with owned()." + (DEBUG ? "" : " -Dmerapi.debug=true shows where it"
                    + " was made and freed."));
            if (DEBUG) {
                error.addSuppressed(made);
                error.addSuppressed(freed);
            }
            return error;
        }
    }
}
