package dev.merapi.langchain4j;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** The platform thread of a model, on which its tensors are computed for callers on any thread. */
final class TensorThread implements AutoCloseable {
    private final ExecutorService thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());

    /** What is computed; throws as it does. */
    <T> T ask(Supplier<T> computing) {
        try {
            return thread.submit(computing::get).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a model computed.", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    /** Computes, and does not wait. */
    void begin(Runnable computing) { thread.execute(computing); }

    @Override public void close() { thread.close(); }
}
