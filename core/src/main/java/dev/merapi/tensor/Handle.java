package dev.merapi.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;

/** The native pointer behind a tensor: freed once, counted, and in debug mode aware of where it was made and freed. */
final class Handle {
    static final Cleaner CLEANER = Cleaner.create();
    private static final LongAdder LIVE = new LongAdder();
    private static final boolean DEBUG = Boolean.getBoolean("merapi.debug");

    private final Memory memory;
    private volatile Tensor pointer;
    private Cleaner.Cleanable cleanable;
    private Set<Guard> bound; // what must not outlive a close: it ends first; null: nothing
    private MemorySegment segment;
    private Guard segmentEnd;

    Handle(Tensor pointer) {
        this.pointer = pointer;
        memory = new Memory(pointer);
    }

    static long live() { return LIVE.sum(); }

    Tensor pointer() {
        Tensor now = pointer; // once: another thread may be closing it
        if (memory.isFreed()) throw memory.useAfterClose();
        return now;
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

    /** @throws IllegalStateException if its segment is in use by a native call; it is freed with the garbage then */
    void free() {
        try {
            end();
        } catch (IllegalStateException e) {
            freeWithGarbage();
            throw e;
        }
        if (cleanable == null) memory.run();
        else cleanable.clean();
    }

    /**
     * {@link #free} for what threads share: it counts as freed from now on, but a native call of another thread may
     * still read the memory. Garbage collection frees it then, and knows of such calls.
     */
    void freeShared() {
        if (!Activity.isElsewhere()) {
            free();
            return;
        }
        end();
        freeWithGarbage();
        memory.end();
        pointer = null;
    }

    /** Closes {@code dependent} before the memory is freed by hand. Garbage frees both, in no order. */
    synchronized void bind(Guard dependent) {
        if (bound == null) bound = new LinkedHashSet<>();
        bound.add(dependent);
    }

    synchronized void unbind(Guard dependent) { if (bound != null) bound.remove(dependent); }

    private synchronized void end() {
        if (bound == null) return;
        for (var dependent : Set.copyOf(bound)) {
            dependent.close();
            bound.remove(dependent);
        }
    }

    /**
     * The segment over {@code memory} that ends with this handle, always the same one: a shared arena is costly to
     * close, so it is made only for a tensor that is asked for it.
     *
     * @param owner stays reachable as long as the segment
     */
    @SuppressWarnings("restricted")
    synchronized MemorySegment segment(MemorySegment memory, Object owner) {
        if (segment == null || segment.address() != memory.address() || segment.byteSize() != memory.byteSize()) {
            endSegment();
            var arena = Arena.ofShared();
            segment = memory.reinterpret(arena, _ -> Reference.reachabilityFence(owner));
            segmentEnd = () -> close(arena);
            bind(segmentEnd);
        }
        return segment;
    }

    /** For a tensor that is about to hold other memory. */
    synchronized void endSegment() {
        if (segment == null) return;
        segmentEnd.close();
        unbind(segmentEnd);
        segment = null;
    }

    private static void close(Arena arena) {
        try {
            arena.close();
        } catch (IllegalStateException e) {
            throw new IllegalStateException("Tensor.close: its segment is in use by a native call. Close it after that"
                    + " call.", e);
        }
    }

    private static final class Memory implements Runnable {
        private final Tensor owner;
        private final Throwable made = DEBUG ? new Throwable("made here") : null;
        private volatile Throwable freed;
        private volatile boolean ended;

        Memory(Tensor owner) {
            this.owner = owner;
            LIVE.increment();
        }

        boolean isFreed() { return ended; }

        synchronized void end() {
            if (ended) return;
            if (DEBUG) freed = new Throwable("freed here");
            ended = true;
            LIVE.decrement();
        }

        @Override public synchronized void run() {
            end();
            owner.close();
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
