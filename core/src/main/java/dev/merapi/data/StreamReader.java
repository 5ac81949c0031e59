package dev.merapi.data;

import dev.merapi.data.Prefetch.Numbered;
import dev.merapi.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Makes batches of a pass through a shuffle buffer. The buffer is filled, given away in random order, and filled again:
 * so the place in the data is where the buffer began to be filled, and how many of its samples were given since. A
 * buffer whose samples are replaced one by one would keep some for long, and its place would be its content.
 */
final class StreamReader<E, B> implements Prefetch.Maker<B> {
    private final StreamLoader.Settings<E, B> settings;
    private final int epoch;
    private final String state; // to begin with, or null
    private Cursor<E> cursor; // null: not opened yet
    private final ArrayDeque<Made<E>> buffer = new ArrayDeque<>();
    private long fillings; // of the buffer, those of this pass before a resume too
    private String begin; // the cursor's position before the last filling
    private long given; // since then
    private boolean closed;

    StreamReader(StreamLoader.Settings<E, B> settings, int epoch, String state) {
        this.settings = settings;
        this.epoch = epoch;
        this.state = state;
    }

    // Locked, so that a pass is closed when the batch being made is.
    @Override public synchronized Numbered<B> make(long number) {
        if (closed) return null;
        if (cursor == null) open();
        var samples = new ArrayList<Made<E>>(settings.batchSize());
        try {
            while (samples.size() < settings.batchSize() && hasSample()) {
                samples.add(buffer.remove());
                given++;
            }
            if (samples.isEmpty() || settings.dropLast() && samples.size() < settings.batchSize()) {
                if (number == 0) throw nothing(samples.size());
                samples.forEach(Made::close);
                return null;
            }
            return new Numbered<>(join(samples), state());
        } catch (RuntimeException | Error e) {
            samples.forEach(Made::close);
            e.addSuppressed(new RuntimeException("StreamLoader: in batch " + number + " of epoch " + epoch));
            throw e;
        }
    }

    private IllegalArgumentException nothing(int samples) {
        String expected = !settings.dropLast() ? "one sample"
                : settings.batchSize() + " samples, one batch, as the short last batch is dropped";
        return new IllegalArgumentException("StreamLoader: expected at least " + expected + ". Received " + samples
                + " in epoch " + epoch + "; check the files, query or filter that they come from.");
    }

    private void open() {
        cursor = settings.samples().open(epoch);
        if (state == null) return;
        var filling = Place.parse(state);
        var place = Place.parse(filling.rest());
        cursor.seek(place.rest());
        fillings = filling.number();
        if (place.number() == 0) return; // the buffer was empty
        fill();
        while (given < place.number() && !buffer.isEmpty()) {
            buffer.remove().close();
            given++;
        }
    }

    private boolean hasSample() {
        if (buffer.isEmpty()) fill();
        return !buffer.isEmpty();
    }

    private void fill() {
        begin = cursor.position();
        given = 0;
        var filled = new ArrayList<Made<E>>();
        try {
            while (filled.size() < settings.buffer()) {
                long number = fillings * settings.buffer() + filled.size();
                var sample = Made.by(() -> read(number));
                if (sample.value() == null) break;
                filled.add(sample);
            }
        } catch (RuntimeException | Error e) {
            filled.forEach(Made::close);
            throw e;
        }
        int[] order = IntStream.range(0, filled.size()).toArray();
        if (order.length > 1) Seeds.shuffle(order, Seeds.random(settings.seed(), Seeds.ORDER, epoch, fillings));
        for (int place : order) buffer.add(filled.get(place));
        fillings++;
    }

    /** The next sample, or null behind the last. Many iterators make it when they are asked whether there is one. */
    private E read(long number) {
        if (Thread.currentThread().isInterrupted()) throw SampleException.inStream(number, epoch, "interrupted");
        try {
            if (!cursor.hasNext()) return null;
            E sample = cursor.next();
            if (sample != null) return sample;
        } catch (RuntimeException e) {
            throw SampleException.inStream(number, epoch, e);
        }
        throw SampleException.inStream(number, epoch, "it is null");
    }

    private Made<B> join(List<Made<E>> samples) {
        var batch = Made.by(() -> settings.collate().collate(samples.stream().map(Made::value).toList()));
        // A sample that is a part of the batch, as by Collate.list, is freed with it, the others now.
        Set<Tensor> parts = Collections.newSetFromMap(new IdentityHashMap<>());
        boolean known = Tree.visit(batch.value(), parts::add);
        var kept = new ArrayList<Made<E>>();
        for (var sample : samples) {
            var shared = new boolean[] {!known};
            if (!Tree.visit(sample.value(), tensor -> shared[0] |= parts.contains(tensor))) shared[0] = true;
            if (shared[0]) kept.add(sample);
            else sample.close();
        }
        return batch.with(kept);
    }

    private String state() {
        if (buffer.isEmpty()) return new Place(fillings, new Place(0, cursor.position()).toString()).toString();
        return new Place(fillings - 1, new Place(given, begin).toString()).toString();
    }

    @Override public synchronized void close() {
        closed = true;
        buffer.forEach(Made::close);
        buffer.clear();
        if (cursor != null) cursor.close();
    }
}
