package dev.merapi.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Puts inputs of many requests into batches, which one platform thread computes: dynamic batching. A batch begins with
 * the first input that waits, and is computed when it is full or that input has waited for the delay.
 */
final class Batcher<I, O> implements AutoCloseable {
    private record Waiting<I, O>(I input, CompletableFuture<O> answer) {}

    private final String name;
    private final Function<List<I>, List<O>> model;
    private final ServeConfig config;
    private final Metrics metrics;
    private final LinkedBlockingQueue<Waiting<I, O>> queue = new LinkedBlockingQueue<>();
    private final Semaphore places;
    private final Thread thread;

    Batcher(String name, Function<List<I>, List<O>> model, ServeConfig config, Metrics metrics) {
        this.name = name;
        this.model = model;
        this.config = config;
        this.metrics = metrics;
        places = new Semaphore(config.queue());
        thread = Thread.ofPlatform().name("model " + name).daemon().start(this::run);
        metrics.gauge("merapi_queue", name, queue::size);
    }

    /**
     * Waits for the answers to all inputs of a request; on a virtual thread.
     *
     * @throws IllegalArgumentException if the model does not take one of them
     */
    List<O> ask(List<I> inputs) {
        Refusal.tooMany(name, inputs.size(), config.queue());
        if (!places.tryAcquire(inputs.size())) throw Refusal.busy(name);
        var all = inputs.stream().map(input -> new Waiting<>(input, new CompletableFuture<O>())).toList();
        try {
            queue.addAll(all);
            return answers(all);
        } finally {
            all.forEach(waiting -> waiting.answer.cancel(false)); // those that nobody waits for are left out
            places.release(inputs.size());
        }
    }

    private List<O> answers(List<Waiting<I, O>> all) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(config.timeout());
        var answers = new ArrayList<O>();
        try {
            for (var waiting : all) answers.add(waiting.answer.get(end - System.nanoTime(), TimeUnit.NANOSECONDS));
            return answers;
        } catch (TimeoutException e) {
            throw Refusal.late(config.timeout());
        } catch (InterruptedException e) {
            throw Refusal.closing();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    private void run() {
        try {
            while (true) compute(next());
        } catch (InterruptedException e) {
            queue.forEach(waiting -> waiting.answer.completeExceptionally(Refusal.closing()));
        }
    }

    private List<Waiting<I, O>> next() throws InterruptedException {
        var batch = new ArrayList<Waiting<I, O>>();
        batch.add(queue.take());
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.delay());
        while (batch.size() < config.batch()) {
            var more = queue.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (more == null) break;
            batch.add(more);
        }
        batch.removeIf(waiting -> waiting.answer.isDone());
        return batch;
    }

    private void compute(List<Waiting<I, O>> batch) {
        if (batch.isEmpty()) return;
        try {
            var answers = model.apply(batch.stream().map(Waiting::input).toList());
            metrics.batch(name, batch.size());
            for (int i = 0; i < batch.size(); i++) batch.get(i).answer.complete(answers.get(i));
        } catch (RuntimeException | Error e) { // the thread goes on, for all that come later
            if (batch.size() == 1) batch.getFirst().answer.completeExceptionally(e);
            else batch.forEach(waiting -> compute(List.of(waiting))); // so that the wrong one alone has no answer
        }
    }

    @Override public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
