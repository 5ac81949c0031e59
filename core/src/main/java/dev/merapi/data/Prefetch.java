package dev.merapi.data;

import dev.merapi.data.BatchSource.Position;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Torch;
import java.util.ArrayDeque;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A pass whose batches are made ahead on worker threads, or where there are none, on the thread that takes them. */
final class Prefetch<B> implements Batches<B> {
    private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().name("merapi-loader-", 1).factory();

    /** Makes batches by their number. With one worker, or none, they are asked for in order. */
    interface Maker<B> extends Guard {
        /** A batch, or null behind the last. */
        Numbered<B> make(long number);

        @Override default void close() { }
    }

    /** A batch, and the state of the source behind it. */
    record Numbered<B>(Made<B> made, String state) {}

    private final Maker<B> maker;
    private final int epoch;
    private final OptionalLong length;
    private final int depth;
    private final ThreadPoolExecutor workers; // null: batches are made on the consumer's thread
    private final ArrayDeque<CompletableFuture<Numbered<B>>> ahead = new ArrayDeque<>();
    private final AtomicBoolean taking = new AtomicBoolean();
    private final Executor executor;
    private Position position; // behind the batch taken last
    private long ordered;
    private Numbered<B> current;
    private long waited;
    private boolean closed;

    /**
     * A pass.
     *
     * @param depth batches made ahead, at most
     */
    Prefetch(Maker<B> maker, Position start, OptionalLong length, int threads, int depth) {
        this.maker = maker;
        this.length = length;
        this.depth = depth;
        epoch = start.epoch();
        position = start;
        ordered = start.batches();
        workers = threads == 0 ? null : pool(threads);
        executor = threads == 0 ? Runnable::run : workers;
        orderAhead(depth);
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

    private void orderAhead(int count) {
        while (ahead.size() < count && !(length.isPresent() && ordered == length.getAsLong())) {
            long number = ordered++;
            ahead.add(CompletableFuture.supplyAsync(() -> maker.make(number), executor));
        }
    }

    @Override public boolean hasNext() {
        if (!closed && isAtEnd()) {
            position = new Position(epoch + 1, 0);
            close();
        }
        return !closed;
    }

    /** Waits for the next batch where only its absence tells the end. Its failure is thrown by {@link #next}. */
    private boolean isAtEnd() {
        if (length.isPresent()) return position.batches() == length.getAsLong();
        try {
            return await() == null;
        } catch (RuntimeException | Error e) {
            return false;
        }
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
        try {
            current = await();
            ahead.remove();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        position = new Position(epoch, position.batches() + 1, current.state());
        orderAhead(depth);
        return current.made().value();
    }

    private Numbered<B> await() {
        long before = System.nanoTime();
        orderAhead(1);
        try {
            return ahead.element().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Loader: interrupted while it waited for a batch.", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw new IllegalStateException(e.getCause());
            }
        } finally {
            waited += System.nanoTime() - before;
        }
    }

    @Override public long waitedNanos() { return waited; }

    int epoch() { return epoch; }

    Position position() { return position; }

    @Override public void close() {
        if (closed) return;
        closed = true;
        if (workers != null) workers.shutdownNow();
        freeCurrent();
        // One that is still being made is freed by its worker.
        for (var batch : ahead) batch.thenAccept(made -> free(made));
        ahead.clear();
        if (workers != null) awaitWorkers();
        maker.close();
    }

    /** So that what they read from can be closed behind this; one that hangs is not waited for. */
    private void awaitWorkers() {
        try {
            workers.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void freeCurrent() {
        free(current);
        current = null;
    }

    private static void free(Numbered<?> batch) { if (batch != null) batch.made().close(); }
}
