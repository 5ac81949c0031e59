package dev.merapi.data;

import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One pass over a {@link Loader}. Taking a batch frees the one before; the end of the data, or {@link #close}, frees
 * the last and stops the workers.
 */
public final class Batches<B> implements Iterator<B>, AutoCloseable {
    private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().name("merapi-loader-", 1).factory();

    private final Loader<B> loader;
    private final int epoch;
    private final int total;
    private final int[] order;
    private final ThreadPoolExecutor workers; // null: batches are made on the consumer's thread
    private final ArrayDeque<CompletableFuture<Made<B>>> ahead = new ArrayDeque<>();
    private final AtomicBoolean taking = new AtomicBoolean();
    private int ordered;
    private int taken;
    private Made<B> current;
    private long waited;
    private boolean finished;
    private boolean closed;

    /** A batch, and what frees its tensors. */
    private record Made<B>(B batch, Guard tensors) {}

    Batches(Loader<B> loader, Loader.Position start) {
        this.loader = loader;
        epoch = start.epoch();
        total = loader.batches();
        order = loader.order(epoch);
        taken = ordered = start.batches();
        workers = loader.workers() == 0 ? null : pool(loader.workers());
        orderAhead();
    }

    private static ThreadPoolExecutor pool(int threads) {
        var pool = new ThreadPoolExecutor(threads, threads, 2, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                work -> THREADS.newThread(() -> {
                    Torch.useOneThread(); // the other cores are for training
                    work.run();
                }));
        pool.allowCoreThreadTimeOut(true); // a pass that was left without closing it keeps no thread
        return pool;
    }

    private void orderAhead() {
        while (ordered < total && ahead.size() < loader.ahead()) {
            int number = ordered++;
            ahead.add(CompletableFuture.supplyAsync(() -> make(number), workers));
        }
    }

    private Made<B> make(int number) {
        try (var _ = Torch.noGrad(); var kept = Scope.open()) {
            B batch;
            Guard rest = () -> { };
            try (var work = Scope.open()) {
                batch = loader.make(order, epoch, number);
                if (!Parts.visit(batch, work::keep)) rest = work.release(); // it may hold any of them
            }
            Guard parts = kept.release();
            Guard others = rest;
            return new Made<>(batch, () -> {
                parts.close();
                others.close();
            });
        }
    }

    @Override public boolean hasNext() {
        if (!closed && taken == total) {
            finished = true;
            close();
        }
        return !closed;
    }

    /**
     * The next batch.
     *
     * @throws SampleException if a sample could not be read
     * @throws IllegalStateException if this thread is interrupted while it waits, or another takes a batch just now
     */
    @Override public B next() {
        if (!taking.compareAndSet(false, true)) {
            throw new IllegalStateException("Loader: expected one thread that takes batches. Received two at once; give"
                    + " each a loader of its own.");
        }
        try {
            return take();
        } finally {
            taking.set(false);
        }
    }

    private B take() {
        if (!hasNext()) throw new NoSuchElementException("Loader: this pass is at its end, or closed.");
        freeCurrent();
        long before = System.nanoTime();
        try {
            if (workers == null) {
                current = make(taken);
            } else {
                current = await(ahead.element());
                ahead.remove();
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        waited += System.nanoTime() - before;
        taken++;
        orderAhead();
        return current.batch();
    }

    private static <M> M await(CompletableFuture<M> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Loader: interrupted while it waited for a batch.", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    /** The epoch of this pass, from 0. */
    public int epoch() { return epoch; }

    /** Nanoseconds that {@link #next} has waited for batches: the time in which training starved. */
    public long waitedNanos() { return waited; }

    Loader.Position position() {
        return finished ? new Loader.Position(epoch + 1, 0) : new Loader.Position(epoch, taken);
    }

    /** Stops the workers and frees all batches. Closing again does nothing. */
    @Override public void close() {
        if (closed) return;
        closed = true;
        if (workers != null) workers.shutdownNow();
        freeCurrent();
        // One that is still being made is freed by its worker.
        for (var made : ahead) made.thenAccept(m -> m.tensors().close());
        ahead.clear();
    }

    private void freeCurrent() {
        if (current != null) current.tensors().close();
        current = null;
    }
}
