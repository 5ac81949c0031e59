package dev.merapi.data;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LoaderTest {
    private static Dataset<Integer> numbers(int n) { return Dataset.of(IntStream.range(0, n).boxed().toList()); }

    /** Samples as tensors with noise on them, made one by one. */
    private static Dataset<Tensor> noisy(int n) {
        return numbers(n).map(i -> Tensor.of(new double[] {i, 0}))
                .augment((t, random) -> t.add(Tensor.of(new double[] {0, random.nextDouble()})));
    }

    private static <B> List<B> take(Batches<B> batches, int n) {
        var taken = new ArrayList<B>();
        while (taken.size() < n && batches.hasNext()) taken.add(batches.next());
        return taken;
    }

    private static List<List<Double>> values(Batches<Tensor> batches, int n) {
        var values = new ArrayList<List<Double>>();
        while (values.size() < n && batches.hasNext()) {
            values.add(Arrays.stream(batches.next().toDoubles()).boxed().toList());
        }
        return values;
    }

    private static void assertNoLoaderThreads() throws InterruptedException {
        for (int i = 0; i < 6_000 && loaderThreads() > 0; i++) Thread.sleep(10);
        assertEquals(0, loaderThreads());
    }

    private static long loaderThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("merapi-loader")).count();
    }

    @Test void nothingIsMadeAnyMoreBehindAClose() {
        long before = Scope.live();
        var made = new AtomicInteger();
        var begun = new CountDownLatch(1);
        var slow = numbers(100).map(i -> {
            if (i >= 2) {
                begun.countDown();
                LockSupport.parkNanos(200_000_000); // an interrupt ends it early
                made.incrementAndGet();
            }
            return Tensor.of(new double[] {i});
        });
        var batches = Loader.of(slow, 2).workers(2).iterator();
        batches.next();
        assertDoesNotThrow(() -> begun.await());
        batches.close();
        int now = made.get();
        assertTrue(Scope.live() <= before, "tensors are left");
        LockSupport.parkNanos(300_000_000);
        assertEquals(now, made.get());
    }

    @Test void batchesAreConsecutiveAndTheLastIsShort() {
        try (var loader = Loader.of(numbers(7), 3, Collate.list())) {
            assertEquals(List.of(List.of(0, 1, 2), List.of(3, 4, 5), List.of(6)), take(loader.iterator(), 9));
            assertEquals(3, loader.batches());
            loader.dropLast();
            assertEquals(List.of(List.of(0, 1, 2), List.of(3, 4, 5)), take(loader.iterator(), 9));
            assertEquals(2, loader.batches());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void aSingleLastSampleJoinsTheBatchBefore(int workers) {
        try (var loader = Loader.of(numbers(7), 3, Collate.list()).joinSingle().workers(workers)) {
            assertEquals(List.of(List.of(0, 1, 2), List.of(3, 4, 5, 6)), take(loader.iterator(), 9));
            assertEquals(2, loader.batches());
            loader.resume(new BatchSource.Position(1, 1));
            assertEquals(List.of(List.of(3, 4, 5, 6)), take(loader.iterator(), 9));
            loader.dropLast();
            assertEquals(List.of(List.of(0, 1, 2), List.of(3, 4, 5)), take(loader.iterator(), 9));
        }
        try (var two = Loader.of(numbers(5), 3, Collate.list()).joinSingle();
                var alone = Loader.of(numbers(1), 3, Collate.list()).joinSingle();
                var ones = Loader.of(numbers(2), 1, Collate.list()).joinSingle()) {
            assertEquals(List.of(List.of(0, 1, 2), List.of(3, 4)), take(two.iterator(), 9));
            assertEquals(List.of(List.of(0)), take(alone.iterator(), 9));
            assertEquals(List.of(List.of(0), List.of(1)), take(ones.iterator(), 9));
        }
    }

    @Test void aBatchLargerThanTheDataHoldsAllOfIt() {
        try (var loader = Loader.of(numbers(3), 64, Collate.list())) {
            assertEquals(List.of(List.of(0, 1, 2)), take(loader.iterator(), 9));
            assertEquals(1, loader.batches());
        }
    }

    @Test void eachEpochHasItsOwnOrderOfAllSamples() {
        try (var loader = Loader.of(numbers(100), 100, Collate.list()).shuffle(5);
                var again = Loader.of(numbers(100), 100, Collate.list()).shuffle(5);
                var other = Loader.of(numbers(100), 100, Collate.list()).shuffle(6)) {
            var first = loader.iterator().next();
            var second = loader.iterator().next();
            assertEquals(100, new HashSet<>(first).size());
            assertNotEquals(first, second);
            assertEquals(first, again.iterator().next());
            assertNotEquals(first, other.iterator().next());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 5})
    void resumingGivesTheIdenticalRest(int workers) {
        try (var whole = Loader.of(noisy(23), 4).shuffle(9).workers(0);
                var killed = Loader.of(noisy(23), 4).shuffle(9).workers(workers).prefetch(3);
                var resumed = Loader.of(noisy(23), 4).shuffle(9).workers(workers)) {
            var epoch0 = values(whole.iterator(), 99);
            var epoch1 = values(whole.iterator(), 99);
            var epoch2 = values(whole.iterator(), 99);
            assertEquals(6, epoch1.size());
            assertNotEquals(epoch0, epoch1);

            assertEquals(epoch0, values(killed.iterator(), 99));
            assertEquals(epoch1.subList(0, 2), values(killed.iterator(), 2));
            var position = killed.position();
            assertEquals(new BatchSource.Position(1, 2), position);
            resumed.resume(position);
            assertEquals(position, resumed.position());
            assertEquals(epoch1.subList(2, 6), values(resumed.iterator(), 99));
            assertEquals(new BatchSource.Position(2, 0), resumed.position());
            assertEquals(epoch2, values(resumed.iterator(), 99));
        }
    }

    @Test void aPassEndedEarlyIsFollowedByTheNextEpoch() {
        try (var loader = Loader.of(numbers(8), 2, Collate.list())) {
            for (var _ : loader) break;
            assertEquals(new BatchSource.Position(0, 1), loader.position());
            loader.iterator();
            assertEquals(new BatchSource.Position(1, 0), loader.position());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void noTensorOutlivesItsBatch(int workers) throws InterruptedException {
        try (var _ = Scope.open(); var loader = Loader.of(noisy(40), 4).shuffle(1).workers(workers)) {
            long before = Scope.live();
            Tensor previous = null;
            for (int epoch = 0; epoch < 3; epoch++) {
                for (var batch : loader) {
                    if (previous != null) assertTrue(previous.isClosed());
                    assertFalse(batch.isClosed());
                    assertFalse(batch.requiresGrad());
                    previous = batch;
                }
                assertTrue(previous.isClosed());
                assertTrue(Scope.live() <= before); // fewer, where another test's garbage went
            }
            for (var _ : loader) break;
            loader.iterator().close(); // a new pass ends the one above
            for (int i = 0; i < 6_000 && Scope.live() > before; i++) Thread.sleep(10); // workers finish first
            assertTrue(Scope.live() <= before);
        }
        assertNoLoaderThreads();
    }

    @Test void aBatchAheadIsOneTensorNotItsSamplesToo() {
        try (var _ = Scope.open(); var loader = Loader.of(noisy(64), 64).workers(0)) {
            long before = Scope.live();
            loader.iterator().next();
            assertTrue(Scope.live() <= before + 1);
        }
    }

    @Test void workersRecordNoGradientsAndUseOneThread() {
        var settings = numbers(1).map(_ -> List.of(Torch.isGradEnabled(), Torch.threads() > 1));
        boolean parallel = Torch.threads() > 1;
        try (var loader = Loader.of(settings, 1, Collate.list())) {
            assertEquals(List.of(List.of(false, false)), loader.iterator().next());
        }
        assertEquals(parallel, Torch.threads() > 1);
        assertTrue(Torch.isGradEnabled());
    }

    @Test void anAbandonedPassKeepsNoThread() throws InterruptedException {
        for (var _ : Loader.of(numbers(100), 2, Collate.list()).workers(3)) break;
        assertNoLoaderThreads();
    }

    @Test void aFailingSampleIsNamedWithItsCause() throws InterruptedException {
        var broken = numbers(10).map(i -> 12 / (i - 7));
        try (var loader = Loader.of(broken, 2, Collate.list()).workers(2)) {
            var batches = loader.iterator();
            take(batches, 3);
            var error = assertThrows(SampleException.class, batches::next);
            assertEquals(7, error.index());
            assertEquals("Dataset: sample 7 could not be read: java.lang.ArithmeticException: / by zero",
                    error.getMessage());
            assertSame(ArithmeticException.class, error.getCause().getClass());
            assertFalse(batches.hasNext());
        }
        Dataset<Integer> damaged = numbers(3).map(_ -> {
            throw new IllegalArgumentException("a.png: expected a picture.");
        });
        try (var loader = Loader.of(damaged, 2, Collate.list())) {
            assertEquals("Dataset: sample 0 could not be read: a.png: expected a picture.",
                    assertThrows(SampleException.class, () -> loader.iterator().next()).getMessage());
        }
        assertNoLoaderThreads();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void aSampleThatIsNullIsNamed(int workers) {
        var holes = numbers(6).map(i -> i == 3 ? null : i);
        try (var loader = Loader.of(holes, 2, Collate.list()).workers(workers)) {
            var batches = loader.iterator();
            take(batches, 1);
            var error = assertThrows(SampleException.class, batches::next);
            assertEquals(3, error.index());
            assertEquals("Dataset: expected a sample at 3. Received null.", error.getMessage());
        }
        try (var loader = Loader.of(numbers(6), 2, _ -> null).workers(workers)) {
            assertEquals("Loader: expected a batch from the data set. Received null.",
                    assertThrows(IllegalArgumentException.class, loader.iterator()::next).getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void anErrorOfAWorkerComesToTheConsumer(int workers) throws InterruptedException {
        var error = new OutOfMemoryError("Java heap space");
        var large = numbers(6).map(i -> {
            if (i == 3) throw error;
            return i;
        });
        try (var loader = Loader.of(large, 2, Collate.list()).workers(workers)) {
            var batches = loader.iterator();
            take(batches, 1);
            assertSame(error, assertThrows(OutOfMemoryError.class, batches::next));
            assertFalse(batches.hasNext());
        }
        assertNoLoaderThreads();
    }

    @Test void twoThreadsThatTakeAtOnceAreTold() throws InterruptedException {
        var waiting = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        Dataset<Integer> slow = numbers(2).map(i -> {
            waiting.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return i;
        });
        try (var loader = Loader.of(slow, 2, Collate.list()).workers(0)) {
            var batches = loader.iterator();
            var other = new Thread(batches::next);
            other.start();
            waiting.await();
            var error = assertThrows(IllegalStateException.class, batches::next);
            release.countDown();
            other.join();
            assertEquals("Loader: expected one thread that takes batches. Received two at once; give each a loader of"
                    + " its own.", error.getMessage());
        }
    }

    @Test void thePlanFollowsFromOrderBatchSizeAndSeed() {
        long plan = Loader.of(numbers(10), 2, Collate.list()).shuffle(1).plan(0);
        assertEquals(plan, Loader.of(numbers(10), 2, Collate.list()).shuffle(1).workers(3).plan(0));
        assertNotEquals(plan, Loader.of(numbers(10), 2, Collate.list()).shuffle(1).plan(1));
        assertNotEquals(plan, Loader.of(numbers(10), 2, Collate.list()).shuffle(2).plan(0));
        assertNotEquals(plan, Loader.of(numbers(10), 3, Collate.list()).shuffle(1).plan(0));
        assertNotEquals(plan, Loader.of(numbers(11), 2, Collate.list()).shuffle(1).plan(0));
        assertNotEquals(plan, Loader.of(numbers(10), 2, Collate.list()).shuffle(1).seed(2).plan(0));
    }

    @Test void aBatchThatCannotBeMadeIsNamed() {
        var ragged = numbers(6).map(i -> Tensor.zeros(i < 5 ? 2 : 3));
        try (var loader = Loader.of(ragged, 2)) {
            var batches = loader.iterator();
            take(batches, 2);
            var error = assertThrows(IllegalArgumentException.class, batches::next);
            assertTrue(error.getMessage().startsWith("Collate.stack: expected samples of shape (2)"));
            assertEquals("Loader: in batch 2 of epoch 0, samples [4, 5]", error.getSuppressed()[0].getMessage());
        }
    }

    @Test void closingInterruptsAWorkerThatWaits() throws InterruptedException {
        var started = new CountDownLatch(1);
        Dataset<Integer> slow = numbers(4).map(i -> {
            started.countDown();
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                throw new IllegalStateException("stopped", e);
            }
            return i;
        });
        var loader = Loader.of(slow, 2, Collate.list());
        loader.iterator();
        assertTrue(started.await(1, TimeUnit.MINUTES));
        loader.close();
        assertNoLoaderThreads();
    }

    @Test void anInterruptedConsumerStopsWaiting() throws InterruptedException {
        var release = new CountDownLatch(1);
        Dataset<Integer> stuck = numbers(4).map(i -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return i;
        });
        try (var loader = Loader.of(stuck, 2, Collate.list())) {
            var batches = loader.iterator();
            Thread.currentThread().interrupt();
            var error = assertThrows(IllegalStateException.class, batches::next);
            assertTrue(Thread.interrupted());
            assertEquals("Loader: interrupted while it waited for a batch.", error.getMessage());
            assertThrows(NoSuchElementException.class, batches::next);
        }
        assertNoLoaderThreads();
    }

    @Test void itKnowsHowLongTrainingStarved() {
        Dataset<Integer> slow = numbers(2).map(i -> {
            long end = System.nanoTime() + 20_000_000;
            while (System.nanoTime() < end) Thread.onSpinWait();
            return i;
        });
        try (var loader = Loader.of(slow, 1, Collate.list()).workers(0)) {
            var batches = loader.iterator();
            take(batches, 2);
            assertTrue(batches.waitedNanos() >= 40_000_000, "waited " + batches.waitedNanos());
        }
    }

    /** By hand: with 12 elements, lengths 1 1 2 2 | 3 3 4 | 5 5 | 9; a third 5 or the 3 would be too much. */
    @Test void batchesAreFilledWithSimilarLengths() {
        int[] lengths = {5, 1, 3, 2, 9, 1, 4, 5, 2, 3};
        try (var loader = Loader.maxTokens(numbers(10), lengths, 12, Collate.list())) {
            assertEquals(List.of(List.of(1, 5, 3, 8), List.of(2, 9, 6), List.of(0, 7), List.of(4)),
                    take(loader.iterator(), 9));
            assertEquals(4, loader.batches());
        }
        assertEquals("Loader.maxTokens: expected samples of at most 8 tokens, a whole batch. Received 9 for sample 4;"
                + " cut it, or raise maxTokens.",
                message(() -> Loader.maxTokens(numbers(10), lengths, 8, Collate.list())));
        assertEquals("Loader.maxTokens: expected a length for each of the 3 samples. Received 10",
                message(() -> Loader.maxTokens(numbers(3), lengths, 12, Collate.list())));
        assertThrows(IllegalArgumentException.class,
                () -> Loader.maxTokens(numbers(0), new int[0], 12, Collate.list()));
    }

    @Test void filledBatchesComeInAnOrderThatIsResumed() {
        int[] lengths = IntStream.range(0, 100).map(i -> i * 37 % 50).toArray(); // each twice, some empty
        var noisy = numbers(100).augment((i, random) -> 1000 * random.nextInt(1000) + i);
        var expected = new ArrayList<List<Integer>>();
        try (var loader = Loader.maxTokens(noisy, lengths, 60, Collate.list()).shuffle(7).workers(0)) {
            for (int epoch = 0; epoch < 2; epoch++) {
                var batches = take(loader.iterator(), loader.batches());
                var all = batches.stream().flatMap(List::stream).map(i -> i % 1000).sorted().toList();
                assertEquals(IntStream.range(0, 100).boxed().toList(), all);
                for (var batch : batches) {
                    int longest = batch.stream().mapToInt(i -> lengths[i % 1000]).max().getAsInt();
                    assertTrue(batch.size() * longest <= 60, batch::toString);
                    assertEquals(batch.size(), batch.stream().map(i -> i / 1000).distinct().count(), 1,
                            "each sample has its own noise");
                }
                expected.addAll(batches);
            }
        }
        int each = expected.size() / 2;
        assertNotEquals(expected.getFirst(), expected.get(each));
        try (var loader = Loader.maxTokens(noisy, lengths, 60, Collate.list()).shuffle(7).workers(3)) {
            loader.resume(new BatchSource.Position(1, 2));
            assertEquals(expected.subList(each + 2, 2 * each), take(loader.iterator(), each));
        }
    }

    @Test void badSettingsAreNamed() {
        assertEquals("Loader: expected at least one sample. Received an empty data set; check the path, filter or split"
                + " that made it.", message(() -> Loader.of(numbers(0), 2)));
        assertEquals("Loader.batchSize: expected at least 1. Received 0.",
                message(() -> Loader.of(numbers(3), 0)));
        assertEquals("Loader: expected at least 4 samples, one batch, as the short last batch is dropped. Received 3",
                message(() -> Loader.of(numbers(3), 4).dropLast().iterator()));
        assertEquals("Loader.workers: expected at least 0. Received -1.",
                message(() -> Loader.of(numbers(3), 1).workers(-1)));
        assertEquals("Loader.resume: expected at most 2 batches in an epoch. Received a place behind 3; are"
                + " data and batch size those of the run that wrote it?",
                message(() -> Loader.of(numbers(3), 2).resume(new BatchSource.Position(0, 3))));
    }

    private static String message(Executable bad) {
        return assertThrows(IllegalArgumentException.class, bad).getMessage();
    }
}
