package dev.merapi.serve;

import dev.merapi.io.FileErrors;
import dev.merapi.nn.AdapterSwitch;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.ContinuousBatch;
import dev.merapi.text.generate.ContinuousBatch.Chosen;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.LogitsProcessor;
import dev.merapi.text.pipeline.TextGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Writes the texts of many requests together, on a platform thread: each joins the batch as soon as there is room, in
 * the order of their coming, and leaves it when it ends or nobody waits for it any more.
 */
final class TextEngine implements AutoCloseable {
    /**
     * What happened to a text of a request.
     *
     * @param index which text
     * @param piece of it; null at its end
     * @param tokens written, at its end
     * @param cut whether it ended because it may not be longer
     * @param chosen the tokens since the event before, if the request wants to know them
     */
    record Event(int index, String piece, int tokens, boolean cut, List<Chosen> chosen) {}

    /**
     * How a text is written.
     *
     * @param rules that it keeps to
     * @param likeliest how many of the likeliest tokens are told beside each; -1 to tell of none
     */
    record Wish(Generation options, LogitsProcessor.Bounded rules, int likeliest) {
        static Wish of(Generation options) { return new Wish(options, LogitsProcessor.Bounded.NONE, -1); }
    }

    /** The texts of a request, for the thread that waits for them. */
    final class Request implements AutoCloseable {
        private final LinkedBlockingQueue<Object> events = new LinkedBlockingQueue<>(); // or what went wrong
        private final long start = System.nanoTime();
        private volatile boolean cancelled;

        /** Waits for the next event; there are as many ends as texts. */
        Event next() {
            var event = next(config.timeout());
            if (event == null) throw Refusal.late(config.timeout());
            return event;
        }

        /** The next event; null if there is none within so many seconds. */
        Event next(int seconds) {
            try {
                long left = start + TimeUnit.SECONDS.toNanos(config.timeout()) - System.nanoTime();
                if (left <= 0) throw Refusal.late(config.timeout());
                return switch (events.poll(Math.min(left, TimeUnit.SECONDS.toNanos(seconds)), TimeUnit.NANOSECONDS)) {
                    case Event event -> event;
                    case RuntimeException error -> throw error;
                    case Error error -> throw new IllegalStateException(error);
                    case null, default -> null;
                };
            } catch (InterruptedException e) {
                throw Refusal.closing();
            }
        }

        /** Nobody waits any more: what is not written yet is left, and what has not begun makes place for others. */
        @Override public void close() {
            cancelled = true;
            for (var job : queue) if (job.request == this && queue.remove(job)) places.release();
        }
    }

    /** A text that waits or is written. */
    private record Job(Request request, int index, long[] prompt, Wish wish, String adapter, List<Chosen> chosen) {
        /** The tokens since this was asked last. */
        List<Chosen> told() {
            var told = List.copyOf(chosen);
            chosen.clear();
            return told;
        }
    }

    private final String name;
    private final TextGenerator draft; // or null
    private final TextGenerator model; // with guesses
    private final ServeConfig config;
    private final Metrics metrics;
    private final LinkedBlockingQueue<Job> queue = new LinkedBlockingQueue<>();
    private final Semaphore places;
    private final Map<ContinuousBatch.Text, Job> written = new HashMap<>(); // the engine's thread alone, as the next
    private final Map<String, ContinuousBatch> batches = new LinkedHashMap<>(); // of each adapter; without one, of ""
    private final AdapterSwitch adapters; // or null
    private final Set<String> names;
    private String inUse = "";
    private final Thread thread;

    TextEngine(String name, TextGenerator model, ServeConfig config, Metrics metrics) {
        this.name = name;
        this.config = config;
        this.metrics = metrics;
        var folders = adapters(config.texts().adapters());
        draft = draft(config);
        this.model = guessing(model);
        names = folders.keySet();
        adapters = folders.isEmpty() ? null : AdapterSwitch.open(model.network().orElseThrow(), folders);
        places = new Semaphore(config.queue());
        thread = Thread.ofPlatform().name("writer " + name).daemon().start(this::run);
        metrics.gauge("merapi_queue", name, queue::size);
    }

    private static TextGenerator draft(ServeConfig config) {
        if (config.texts().draft().isEmpty()) return null;
        try (var _ = Torch.on(Torch.device(), config.quantize().type())) {
            return TextGenerator.open(Path.of(config.texts().draft()));
        }
    }

    private TextGenerator guessing(TextGenerator writer) {
        int most = config.texts().guess();
        if (most == 0) return writer;
        if (draft == null) return writer.guessing(most);
        try {
            return writer.guessing(draft, most);
        } catch (IllegalArgumentException e) {
            draft.close();
            throw new IllegalArgumentException("texts." + e.getMessage(), e);
        }
    }

    /** Those in a folder, by their folders' names. */
    private static Map<String, Path> adapters(String folder) {
        var all = new TreeMap<String, Path>();
        if (folder.isEmpty()) return all;
        try (var files = Files.list(Path.of(folder))) {
            files.filter(file -> Files.exists(file.resolve("adapter_config.json")))
                    .forEach(file -> all.put(file.getFileName().toString(), file));
        } catch (IOException e) {
            throw FileErrors.reading(Path.of(folder), e);
        }
        Expect.that(!all.isEmpty(), "texts.adapters", "a folder with folders of adapters", folder);
        return all;
    }

    /** Names of the adapters that requests may ask for. */
    Set<String> adapters() { return names; }

    /** Begins the texts after prompts, each in its way, by the model with an adapter; without one if empty. */
    Request write(List<long[]> prompts, List<Wish> wishes, String adapter) {
        Refusal.tooMany(name, prompts.size(), config.queue());
        if (!places.tryAcquire(prompts.size())) throw Refusal.busy(name);
        var request = new Request();
        IntStream.range(0, prompts.size())
                .forEach(i -> queue.add(new Job(request, i, prompts.get(i), wishes.get(i),
                        adapter, new ArrayList<>())));
        return request;
    }

    private void run() {
        try {
            batch(""); // reads what is kept before the first request comes
            while (true) {
                join();
                written.entrySet().stream().filter(entry -> entry.getValue().request.cancelled)
                        .map(Map.Entry::getKey).toList().forEach(this::leave);
                batches.forEach(this::step);
            }
        } catch (InterruptedException e) {
            queue.forEach(job -> job.request.events.add(Refusal.closing()));
            written.values().forEach(job -> job.request.events.add(Refusal.closing()));
        } finally {
            batches.values().forEach(ContinuousBatch::close);
        }
    }

    private void join() throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException();
        var job = written.isEmpty() ? queue.take() : room();
        for (; job != null; job = room()) {
            places.release();
            if (!job.request.cancelled) join(job);
        }
    }

    /** The next that waits, if there is room for it. */
    private Job room() { return written.size() < config.batch() ? queue.poll() : null; }

    private void join(Job job) {
        try {
            var text = batch(job.adapter).add(job.prompt, new ContinuousBatch.Writing(job.wish.options, job.wish.rules,
                    job.wish.likeliest, job.chosen::add, piece -> piece(job, piece)));
            written.put(text, job);
            metrics.tokens(name, "prompt", job.prompt.length);
        } catch (RuntimeException | Error e) {
            job.request.events.add(e);
        }
    }

    private ContinuousBatch batch(String adapter) {
        return batches.computeIfAbsent(adapter, _ -> model.batch(config.texts().limits(name)));
    }

    private void piece(Job job, String piece) {
        if (!piece.isEmpty()) job.request.events.add(new Event(job.index, piece, 0, false, job.told()));
    }

    private void leave(ContinuousBatch.Text text) {
        batches.get(written.remove(text).adapter).remove(text);
        counted(text);
    }

    private void counted(ContinuousBatch.Text text) {
        metrics.tokens(name, "text", text.tokens());
        metrics.tokens(name, "known", text.knownTokens());
    }

    /** A token of each text with an adapter, so that all of them share a pass. */
    private void step(String adapter, ContinuousBatch batch) {
        if (batch.size() == 0) return;
        metrics.batch(name, batch.size());
        try {
            if (!inUse.equals(adapter)) adapters.use(adapter);
            inUse = adapter;
            for (var text : batch.step()) {
                var job = written.remove(text);
                counted(text);
                job.request.events.add(text.error() != null ? text.error()
                        : new Event(job.index, null, text.tokens(), text.isCut(), job.told()));
            }
        } catch (RuntimeException | Error e) { // such as no memory left: what remains of the batch is not to be trusted
            batch.close(); // and the thread goes on, for all that come later
            written.values().stream().filter(job -> job.adapter.equals(adapter))
                    .forEach(job -> job.request.events.add(e));
            written.values().removeIf(job -> job.adapter.equals(adapter));
        }
    }

    /** The texts after prompts, whole. */
    List<String> writeAll(List<long[]> prompts, Generation options, String adapter) {
        var texts = new ArrayList<StringBuilder>();
        prompts.forEach(_ -> texts.add(new StringBuilder()));
        try (var request = write(prompts, prompts.stream().map(_ -> Wish.of(options)).toList(), adapter)) {
            for (int left = prompts.size(); left > 0;) {
                var event = request.next();
                if (event.piece == null) left--;
                else texts.get(event.index).append(event.piece);
            }
        }
        return texts.stream().map(StringBuilder::toString).toList();
    }

    @Override public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (adapters != null) adapters.close();
        if (draft != null) draft.close();
    }
}
