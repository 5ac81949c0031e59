package dev.merapi.seams;

import dev.merapi.data.BatchSource;
import dev.merapi.data.BatchSource.Position;
import dev.merapi.data.Batches;
import dev.merapi.data.Collate;
import dev.merapi.data.Cursor;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.data.SampleException;
import dev.merapi.data.Samples;
import dev.merapi.data.StreamLoader;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Samples that come one after another: their order, their place, and what they hold. */
class StreamsTest {
    @TempDir Path folder;

    /** A generator with a state of its own: each number follows from the one before (Lehmer's, modulus 2^31 - 1). */
    private static final class Lehmer implements Cursor<Long> {
        private long state;
        private final AtomicInteger made;

        Lehmer(int epoch, AtomicInteger made) {
            state = epoch + 1;
            this.made = made;
        }

        @Override public boolean hasNext() { return true; }

        @Override public Long next() {
            made.incrementAndGet();
            state = state * 48_271 % 0x7fffffff;
            return state;
        }

        @Override public String position() { return "lehmer:" + state; }

        @Override public void seek(String position) { state = Long.parseLong(position.substring(7)); }
    }

    /** Every kind of samples, made anew as by another process. */
    enum Kind { ITERABLE, STREAM, FILES, SHUFFLED_FILES, GENERATED, STATE, LIMITED, SHARD, SHARD_OF_GENERATED, MAPPED }

    private Samples<Long> samples(Kind kind) {
        var numbers = Samples.of(LongStream.range(0, 53).boxed().toList());
        return switch (kind) {
            case ITERABLE -> numbers;
            case STREAM -> Samples.of(epoch -> IntStream.range(0, 53).mapToObj(i -> 1000L * epoch + i));
            case FILES -> Samples.files(files(), this::numbers);
            case SHUFFLED_FILES -> Samples.files(files(), 7, this::numbers);
            case GENERATED -> Samples.<Long>generate(7, random -> random.nextLong(1_000_000)).limit(53);
            case STATE -> ((Samples<Long>) epoch -> new Lehmer(epoch, new AtomicInteger())).limit(53);
            case LIMITED -> numbers.limit(41);
            case SHARD -> numbers.shard(1, 3);
            case SHARD_OF_GENERATED -> Samples.<Long>generate(7, random -> random.nextLong(99)).shard(2, 3).limit(20);
            case MAPPED -> Samples.files(files(), this::numbers).map(number -> -number);
        };
    }

    private Stream<Long> numbers(Path file) throws IOException { return Files.lines(file).map(Long::valueOf); }

    /** 0 to 52 in 6 files, of which one is empty. */
    private List<Path> files() {
        var files = new ArrayList<Path>();
        int[] ends = {0, 10, 11, 11, 30, 31, 53};
        try {
            for (int i = 1; i < ends.length; i++) {
                var lines = IntStream.range(ends[i - 1], ends[i]).mapToObj(Integer::toString).toList();
                files.add(Files.write(folder.resolve("part-" + i), lines));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return files;
    }

    private static StreamLoader<List<Long>> loader(Samples<Long> samples) {
        return StreamLoader.of(samples, 4, Collate.list());
    }

    private static <B> List<B> pass(BatchSource<B> source) {
        var batches = new ArrayList<B>();
        for (B batch : source) batches.add(batch);
        return batches;
    }

    private static List<Long> flat(List<List<Long>> batches) { return batches.stream().flatMap(List::stream).toList(); }

    private static String message(Executable action) {
        return assertThrows(IllegalArgumentException.class, action).getMessage();
    }

    @Test void withoutABufferSamplesKeepTheirOrder() {
        try (var loader = StreamLoader.of(Samples.of(List.of(5L, 3L, 8L, 1L, 9L)), 2, Collate.list())) {
            assertEquals(List.of(List.of(5L, 3L), List.of(8L, 1L), List.of(9L)), pass(loader));
            assertEquals(List.of(List.of(5L, 3L), List.of(8L, 1L)), pass(loader.dropLast()));
            assertTrue(loader.length().isEmpty());
        }
    }

    @Test void theOrderFollowsFromSeedAndEpochAlone() {
        var orders = new ArrayList<List<List<Long>>>();
        for (int prefetch : new int[] {0, 1, 7}) {
            try (var loader = loader(samples(Kind.ITERABLE)).shuffle(1, 20).prefetch(prefetch)) {
                orders.add(List.of(flat(pass(loader)), flat(pass(loader))));
            }
        }
        assertEquals(orders.get(0), orders.get(1));
        assertEquals(orders.get(0), orders.get(2));
        var first = orders.get(0).get(0);
        assertNotEquals(first, orders.get(0).get(1)); // by the epoch
        assertNotEquals(first, flat(pass(loader(samples(Kind.ITERABLE)).shuffle(2, 20))));
        for (var order : orders.get(0)) { // each filling of the buffer is given away before the next
            assertEquals(LongStream.range(0, 20).boxed().toList(), order.stream().limit(20).sorted().toList());
            assertEquals(LongStream.range(40, 53).boxed().toList(), order.stream().skip(40).sorted().toList());
            assertNotEquals(order.stream().sorted().toList(), order);
        }
    }

    /** From each place of the second epoch, in a process that has read nothing before. */
    @ParameterizedTest @EnumSource(Kind.class)
    void aPassGoesOnWhereItWasLeft(Kind kind) {
        for (int buffer : new int[] {1, 9}) {
            try (var whole = loader(samples(kind)).shuffle(3, buffer)) {
                pass(whole);
                var second = pass(whole);
                var third = pass(whole);
                assertTrue(second.size() > 3);
                for (int taken = 0; taken < second.size(); taken++) {
                    Position position;
                    try (var left = loader(samples(kind)).shuffle(3, buffer).prefetch(3)) {
                        pass(left);
                        var batches = left.iterator();
                        for (int i = 0; i < taken; i++) batches.next();
                        position = left.position(); // whatever was made ahead
                        assertEquals(taken, position.batches());
                    }
                    try (var resumed = loader(samples(kind)).shuffle(3, buffer)) {
                        resumed.resume(position);
                        assertEquals(position, resumed.position());
                        assertEquals(second.subList(taken, second.size()), pass(resumed), "after " + taken);
                        assertEquals(new Position(2, 0), resumed.position());
                        assertEquals(third, pass(resumed));
                    }
                }
            }
        }
    }

    @Test void whatKnowsItsPlaceReadsNothingTwice() {
        var made = new AtomicInteger();
        Samples<Long> endless = epoch -> new Lehmer(epoch, made);
        var loader = loader(endless).prefetch(0);
        var batches = loader.iterator();
        for (int i = 0; i < 100; i++) batches.next();
        var resumed = loader(endless).prefetch(0);
        resumed.resume(loader.position());
        made.set(0);
        resumed.iterator().next();
        assertEquals(4, made.get());

        var opened = new ArrayList<Path>();
        Samples<Long> files = Samples.files(files(), file -> {
            opened.add(file.getFileName());
            return numbers(file);
        });
        var half = loader(files).prefetch(0);
        var left = half.iterator();
        for (int i = 0; i < 5; i++) left.next(); // 20 samples, into part-4
        left.close();
        opened.clear();
        half.resume(half.position());
        pass(half);
        assertEquals(List.of(Path.of("part-4"), Path.of("part-5"), Path.of("part-6")), opened);
    }

    @ParameterizedTest @EnumSource(value = Kind.class, names = {"ITERABLE", "SHUFFLED_FILES", "MAPPED", "STATE"})
    void shardsAreDisjointAndComplete(Kind kind) {
        var all = flat(pass(loader(samples(kind))));
        var shares = new ArrayList<Long>();
        for (int rank = 0; rank < 3; rank++) {
            var share = flat(pass(loader(samples(kind).shard(rank, 3))));
            assertEquals((53 - rank + 2) / 3, share.size());
            int first = rank;
            assertEquals(IntStream.range(0, 53).filter(i -> i % 3 == first).mapToObj(all::get).toList(), share);
            shares.addAll(share);
        }
        assertEquals(all.stream().sorted().toList(), shares.stream().sorted().toList());
    }

    @Test void shardsOfAGeneratorMakeOnlyTheirOwn() {
        var made = new AtomicInteger();
        var all = Samples.<Long>generate(7, random -> {
            made.incrementAndGet();
            return random.nextLong();
        });
        var whole = flat(pass(loader(all.limit(9))));
        made.set(0);
        assertEquals(List.of(whole.get(1), whole.get(4), whole.get(7)),
                flat(pass(loader(all.shard(1, 3).limit(3)).prefetch(0))));
        assertEquals(3, made.get());
        assertEquals("Samples.shard: expected a rank from 0 to below world. Received rank 3 of 3.",
                message(() -> all.shard(3, 3)));
        assertEquals("Samples.limit: expected at least 1. Received 0.", message(() -> all.limit(0)));
    }

    /** Together the shards of a loader give its batches, random transforms and all, in every epoch. */
    @ParameterizedTest @ValueSource(ints = {1, 2, 3})
    void shardsOfALoaderGiveItsBatches(int world) {
        var data = Dataset.of(IntStream.range(0, 29).boxed().toList())
                .augment((sample, random) -> 100 * random.nextInt(1000) + sample);
        var whole = Loader.of(data, 4, Collate.list()).shuffle(5).joinSingle();
        var shards = IntStream.range(0, world)
                .mapToObj(rank -> Loader.of(data, 4, Collate.list()).shuffle(5).joinSingle().shard(rank, world))
                .toList();
        assertEquals(7, whole.batches()); // the last one of 5
        for (int epoch = 0; epoch < 2; epoch++) {
            var batches = pass(whole);
            var dealt = new TreeMap<Integer, List<Integer>>();
            for (int rank = 0; rank < world; rank++) {
                var shard = pass(shards.get(rank));
                assertEquals(shards.get(rank).batches(), shard.size());
                for (int i = 0; i < shard.size(); i++) assertSame(null, dealt.put(i * world + rank, shard.get(i)));
            }
            assertEquals(batches, List.copyOf(dealt.values()));
        }
        if (world > 1) assertNotEquals(shards.get(0).plan(0), shards.get(1).plan(0));
        assertEquals("Loader.shard: expected a rank from 0 to below world. Received rank -1 of 2.",
                message(() -> whole.shard(-1, 2)));
        assertEquals("Loader: expected a batch for each of 9 shards. Received 7 batches; use fewer shards, or smaller"
                + " batches.", message(() -> whole.shard(8, 9).iterator()));
    }

    /** 0, 2, 4 …, each with a tensor on the way. */
    private static Samples<Tensor> tensors(int count) {
        return Samples.of(_ -> IntStream.range(0, count).mapToObj(i -> Tensor.scalar(i, DType.FLOAT32).mul(2)));
    }

    @ParameterizedTest @ValueSource(ints = {0, 2})
    void aStreamHoldsItsBufferAndNoMore(int prefetch) {
        int buffer = 50, batch = 4;
        var tensors = tensors(2_000);
        try (var _ = Scope.open(); var loader = StreamLoader.of(tensors, batch).shuffle(1, buffer).prefetch(prefetch)) {
            long before = Scope.live();
            long most = 0;
            var seen = new HashSet<Double>();
            Tensor previous = null;
            for (var joined : loader) {
                if (previous != null) assertTrue(previous.isClosed());
                previous = joined;
                for (float value : joined.toFloats()) seen.add((double) value);
                most = Math.max(most, Scope.live() - before);
            }
            assertEquals(2_000, seen.size());
            // the buffer, the samples of a batch in the making with the tensors on the way, the batches ahead
            assertTrue(most <= buffer + 2 * batch + 8 + prefetch, "held " + most);
            assertTrue(most >= buffer - batch, "held " + most);
            assertTrue(Scope.live() <= before);
            try (var left = loader.iterator()) {
                left.next();
            }
            assertTrue(Scope.live() <= before, "the buffer is freed");
        }
    }

    @Test void samplesThatAreTheBatchLiveAsLongAsIt() {
        var tensors = tensors(6);
        try (var _ = Scope.open(); var loader = StreamLoader.of(tensors, 2, Collate.<Tensor>list())) {
            long before = Scope.live();
            var values = new ArrayList<Double>();
            List<Tensor> previous = List.of();
            for (var batch : loader) {
                assertTrue(previous.stream().allMatch(Tensor::isClosed));
                batch.forEach(sample -> values.add(sample.item()));
                previous = batch;
            }
            assertEquals(List.of(0.0, 2.0, 4.0, 6.0, 8.0, 10.0), values);
            assertTrue(previous.stream().allMatch(Tensor::isClosed));
            assertTrue(Scope.live() <= before);
        }
    }

    @Test void whatIsReadFromIsClosedAtTheEndAndInTheMiddle() {
        var closed = new AtomicInteger();
        Samples<Long> samples = Samples.of(_ -> Stream.of(1L, 2L, 3L, 4L, 5L, 6L).onClose(closed::incrementAndGet));
        try (var loader = StreamLoader.of(samples, 2, Collate.list())) {
            pass(loader);
            assertEquals(1, closed.get());
            loader.iterator().next();
            assertEquals(1, closed.get());
        }
        assertEquals(2, closed.get());
    }

    @Test void samplesThatComeOnceAreForOnePass() {
        var queue = new ArrayBlockingQueue<Long>(9, false, List.of(1L, 2L, 3L, 4L));
        var loader = StreamLoader.of(Samples.once(drained(queue)).map(n -> 10 * n), 2, Collate.list()).prefetch(0);
        var batches = loader.iterator();
        assertEquals(List.of(10L, 20L), batches.next());
        var position = loader.position();
        assertEquals("StreamLoader.resume: expected samples that can be read again. Received Samples.once, whose"
                + " samples before the place to go on from are gone; begin a new run from the stopped one's weights, in"
                + " another folder.", message(() -> loader.resume(position)));
        assertEquals(List.of(30L, 40L), batches.next());
        assertFalse(batches.hasNext());
        assertEquals("Samples.once: expected one pass, as the samples come only once. Received another, of epoch 1;"
                + " train by steps for less than a pass, or give samples that can be opened again, by Samples.of.",
                message(() -> loader.iterator().next()));
    }

    private static Iterator<Long> drained(ArrayBlockingQueue<Long> queue) {
        return new Iterator<>() {
            @Override public boolean hasNext() { return !queue.isEmpty(); }
            @Override public Long next() { return queue.remove(); }
        };
    }

    @ParameterizedTest @ValueSource(ints = {0, 2})
    void aSampleThatCannotBeReadIsNamed(int prefetch) {
        Samples<Long> damaged = Samples.of(_ -> IntStream.range(0, 9).mapToObj(i -> {
            if (i == 5) throw new IllegalStateException("no row");
            return (long) i;
        }));
        try (var loader = StreamLoader.of(damaged, 2, Collate.list()).prefetch(prefetch)) {
            Batches<List<Long>> batches = loader.iterator();
            assertEquals(List.of(0L, 1L), batches.next());
            assertEquals(List.of(2L, 3L), batches.next());
            assertTrue(batches.hasNext()); // whether it can be read, next tells
            var thrown = assertThrows(SampleException.class, batches::next);
            assertEquals("Samples: sample 5 of epoch 0 could not be read: java.lang.IllegalStateException: no row",
                    thrown.getMessage());
            assertEquals(5, thrown.index());
            assertEquals("StreamLoader: in batch 2 of epoch 0", thrown.getSuppressed()[0].getMessage());
            assertThrows(NoSuchElementException.class, batches::next);
        }
        var nulls = StreamLoader.of(Samples.of(Collections.nCopies(3, (Long) null)), 2, Collate.list());
        assertEquals("Samples: sample 0 of epoch 0 could not be read: it is null",
                assertThrows(SampleException.class, () -> nulls.iterator().next()).getMessage());
    }

    @Test void settingsAndPositionsAreChecked() {
        var none = Samples.of(List.<Long>of());
        assertEquals("StreamLoader: expected at least one sample. Received 0 in epoch 0; check the files, query or"
                + " filter that they come from.", message(() -> loader(none).iterator().next()));
        assertEquals("StreamLoader: expected at least 4 samples, one batch, as the short last batch is dropped."
                + " Received 3 in epoch 0; check the files, query or filter that they come from.",
                message(() -> loader(samples(Kind.ITERABLE).limit(3)).dropLast().iterator().next()));
        assertEquals("StreamLoader.batchSize: expected at least 1. Received 0.",
                message(() -> StreamLoader.of(none, 0, Collate.list())));
        assertEquals("StreamLoader.shuffle.buffer: expected at least 1. Received 0.",
                message(() -> loader(none).shuffle(1, 0)));
        assertEquals("StreamLoader.prefetch: expected at least 0. Received -1.",
                message(() -> loader(none).prefetch(-1)));
        assertEquals("StreamLoader.resume: expected a position that such a loader told. Received Position[epoch=0,"
                + " batches=3, state=null]", message(() -> loader(none).resume(new Position(0, 3))));
        var five = loader(samples(Kind.ITERABLE).limit(5));
        assertEquals("Samples: expected a position such as 12 or 3:120. Received \"here\"; is it that of a run with"
                + " other samples?", message(() -> {
                    five.resume(new Position(0, 3, "here"));
                    five.iterator().next();
                }));
        var fewer = loader(Samples.of(List.of(1L, 2L)));
        fewer.resume(new Position(0, 3, "12:0:12"));
        assertEquals("Samples: expected at least 12 samples, as many as were read before. Received 2; are the data"
                + " those of the run that wrote it?", message(() -> fewer.iterator().next()));
        var file = Samples.files(List.of(folder.resolve("gone")), this::numbers);
        assertEquals("Samples: sample 0 of epoch 0 could not be read: Could not read "
                + folder.resolve("gone") + ": there is no such file or folder.",
                assertThrows(SampleException.class, () -> loader(file).iterator().next()).getMessage());
    }

    @Test void plansDifferWhereOrdersMay() {
        Set<Long> plans = new TreeSet<>();
        for (int epoch = 0; epoch < 2; epoch++) {
            plans.add(loader(samples(Kind.ITERABLE)).plan(epoch));
            plans.add(loader(samples(Kind.ITERABLE)).shuffle(1, 10).plan(epoch));
            plans.add(loader(samples(Kind.ITERABLE)).shuffle(1, 11).plan(epoch));
            plans.add(loader(samples(Kind.ITERABLE)).shuffle(2, 10).plan(epoch));
        }
        assertEquals(8, plans.size());
    }
}
