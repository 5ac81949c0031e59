package dev.merapi.seams;

import dev.merapi.data.Batch;
import dev.merapi.data.BatchSource;
import dev.merapi.data.Batches;
import dev.merapi.data.Collate;
import dev.merapi.data.Cursor;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.data.Samples;
import dev.merapi.data.StreamLoader;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adam;
import dev.merapi.optim.Schedule;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Epoch;
import dev.merapi.train.Listener;
import dev.merapi.train.Progress;
import dev.merapi.train.Regression;
import dev.merapi.train.Run;
import dev.merapi.train.Trainer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Training by steps, over data that have no length or no end; killed and resumed too. */
class StepsTest {
    @TempDir Path temp;

    private record Point(float[] x, float[] y) {
        static Point of(float a, float b) { return new Point(new float[] {a, b}, new float[] {a * b}); }

        static Point random(RandomGenerator random) { return of(random.nextFloat(), random.nextFloat()); }
    }

    /** Points without end from a state of its own. */
    private static final class Chaos implements Cursor<Point> {
        private long state = 1;

        @Override public boolean hasNext() { return true; }

        @Override public Point next() { return Point.of(value(), value()); }

        private float value() {
            state = state * 48_271 % 0x7fffffff;
            return state / (float) 0x7fffffff;
        }

        @Override public String position() { return Long.toHexString(state); }

        @Override public void seek(String position) { state = Long.parseLong(position, 16); }
    }

    /** A source of batches that shares nothing with the loaders: batch n without end, each from its number. */
    private static final class Numbered implements BatchSource<Batch> {
        private long taken;

        @Override public Batches<Batch> iterator() {
            return new Batches<>() {
                @Override public boolean hasNext() { return true; }

                @Override public Batch next() {
                    float n = taken++ % 17 / 17f;
                    return new Batch(Tensor.of(new float[][] {{n, 1 - n}}), Tensor.of(new float[][] {{n * (1 - n)}}));
                }

                @Override public void close() { }
            };
        }

        @Override public Position position() { return new Position(0, taken); }
        @Override public void resume(Position position) { taken = position.batches(); }
        @Override public void close() { }
    }

    enum Source { OWN_STATE, GENERATED, STREAM, OWN_SOURCE, LOADER }

    private static BatchSource<Batch> source(Source kind) {
        return switch (kind) {
            case OWN_STATE -> loader(_ -> new Chaos()).shuffle(1, 50);
            case GENERATED -> loader(Samples.generate(7, Point::random)).prefetch(0);
            case STREAM -> loader(Samples.of(epoch -> points(45, epoch))).shuffle(2, 20); // 6 batches a pass
            case OWN_SOURCE -> new Numbered();
            case LOADER -> inMemory(45, 0).shuffle(3);
        };
    }

    private static Loader<Batch> inMemory(int count, int epoch) {
        return Loader.of(Dataset.of(points(count, epoch).toList()), 8, Collate.stack(Point::x, Point::y));
    }

    private static StreamLoader<Batch> loader(Samples<Point> samples) {
        return StreamLoader.of(samples, 8, Collate.stack(Point::x, Point::y));
    }

    private static Stream<Point> points(int count, int epoch) {
        return IntStream.range(0, count).mapToObj(i -> Point.of(i / 45f, (epoch + 1) / 10f));
    }

    private static StreamLoader<Batch> test() { return loader(Samples.of(points(20, 3).toList())); }

    private static Sequential model() {
        Torch.seed(3);
        return new Sequential(new Linear(2, 16), new Relu(), new Dropout(0.2), new Linear(16, 1));
    }

    private static Trainer<Batch> trainer(Sequential model) {
        return Trainer.of(Regression.of(model)).optimizer(m -> new Adam(m, 1e-2)).seed(5);
    }

    private static void assertSame(Sequential expected, Sequential actual) {
        expected.tensors().forEach((name, tensor) ->
                assertArrayEquals(tensor.toFloats(), actual.tensors().get(name).toFloats(), name));
    }

    private static String message(Executable action) {
        return assertThrows(IllegalArgumentException.class, action).getMessage();
    }

    private static List<Long> ends(Run run) { return run.history().stream().map(Epoch::step).toList(); }

    /** Dies two steps after a checkpoint and within an epoch, then right behind an evaluation. */
    @ParameterizedTest @EnumSource(Source.class)
    void aRunWithoutEndDiesAndResumesToTheSameBits(Source kind) {
        var undisturbed = model();
        var whole = fit(undisturbed, kind, "a", Long.MAX_VALUE);
        assertEquals(List.of(7L, 14L, 21L, 28L, 30L), ends(whole));
        for (long last : new long[] {10, 14}) {
            assertEquals("killed", assertThrows(IllegalStateException.class, () -> fit(model(), kind, "b", last))
                    .getMessage());
        }
        var resumed = model();
        var run = fit(resumed, kind, "b", Long.MAX_VALUE);
        assertEquals(30, run.steps());
        assertSame(undisturbed, resumed);
        assertEquals(whole.history().stream().map(Epoch::values).toList(),
                run.history().stream().map(Epoch::values).toList());
    }

    private Run fit(Sequential model, Source kind, String folder, long killedAt) {
        try (var train = source(kind); var test = test()) {
            return trainer(model).steps(30).evaluateEvery(7).clipNorm(1).scheduleOver(Schedule::cosine)
                    .folder(temp.resolve(folder)).checkpointEvery(4).resume().listen(new Listener() {
                        @Override public void step(Step step) {
                            if (step.step() == killedAt) throw new IllegalStateException("killed");
                        }
                    }).fit(train, test);
        }
    }

    @Test void passesEndWhereverEpochsDo() {
        var byPasses = model();
        var passes = trainer(byPasses).epochs(3).fit(source(Source.LOADER));
        assertEquals(List.of(6L, 12L, 18L), ends(passes));
        var bySteps = model();
        assertEquals(List.of(5L, 10L, 15L, 18L), ends(trainer(bySteps).steps(18).evaluateEvery(5)
                .fit(source(Source.LOADER))));
        assertSame(byPasses, bySteps); // the same batches
        var both = model();
        assertEquals(List.of(4L, 8L, 12L, 16L, 18L), ends(trainer(both).epochs(3).evaluateEvery(4)
                .fit(source(Source.LOADER))));
        assertSame(byPasses, both);
        // where both end together
        assertEquals(List.of(3L, 6L, 9L, 12L), ends(trainer(model()).epochs(2).evaluateEvery(3)
                .fit(source(Source.STREAM))));
        assertEquals(List.of(6L, 12L), ends(trainer(model()).epochs(2).fit(source(Source.STREAM))));
        assertEquals(List.of(6L, 8L), ends(trainer(model()).steps(8).fit(source(Source.STREAM))));
        assertEquals(List.of(8L), ends(trainer(model()).steps(8).fit(source(Source.GENERATED))));
        // a step never mixes passes: 6 batches make 2 steps, of 4 and of 2
        assertEquals(List.of(3L, 5L), ends(trainer(model()).steps(5).evaluateEvery(3).accumulate(4)
                .fit(source(Source.LOADER))));
    }

    @Test void listenersHearWhatIsKnown() {
        var starts = new ArrayList<Listener.Start>();
        var hear = new Listener() {
            @Override public void start(Start start) { starts.add(start); }
        };
        trainer(model()).steps(4).evaluateEvery(3).listen(hear).fit(source(Source.GENERATED));
        trainer(model()).steps(4).listen(hear).fit(source(Source.GENERATED));
        trainer(model()).epochs(2).listen(hear).fit(source(Source.STREAM));
        trainer(model()).epochs(2).listen(hear).fit(source(Source.LOADER));
        assertEquals(List.of(
                new Listener.Start(OptionalInt.of(2), OptionalLong.of(3), OptionalLong.of(4), List.of(), 0),
                new Listener.Start(OptionalInt.empty(), OptionalLong.empty(), OptionalLong.of(4), List.of(), 0),
                new Listener.Start(OptionalInt.of(2), OptionalLong.empty(), OptionalLong.empty(), List.of(), 0),
                new Listener.Start(OptionalInt.of(2), OptionalLong.of(6), OptionalLong.of(12), List.of(), 0)), starts);

        var bytes = new ByteArrayOutputStream();
        trainer(model()).steps(4).listen(new Progress(new PrintStream(bytes, true, StandardCharsets.UTF_8), false))
                .fit(source(Source.GENERATED));
        assertTrue(bytes.toString(StandardCharsets.UTF_8).startsWith("epoch 1  train_loss 0."), bytes.toString());
    }

    @Test void aScheduleOverUnknownStepsIsRefused() {
        assertEquals("Trainer.scheduleOver: expected a run whose number of steps is known. Received a source of batches"
                + " that does not tell how many it has; set steps(n), or use a schedule(...) that does not depend on"
                + " them.", message(() -> trainer(model()).scheduleOver(Schedule::cosine).fit(source(Source.STREAM))));
        var told = new ArrayList<Long>();
        trainer(model()).steps(3).scheduleOver(steps -> {
            told.add(steps);
            return Schedule.constant();
        }).fit(source(Source.STREAM));
        assertEquals(List.of(3L), told);
    }

    /** Their place cannot be found again: the run stays as it is. */
    @Test void samplesThatComeOnceTrainButDoNotResume() throws Exception {
        var folder = temp.resolve("once");
        var trainer = trainer(model()).steps(20).folder(folder).resume();
        trainer.listen(new Listener() {
            @Override public void step(Step step) { if (step.step() == 2) trainer.stop(); }
        });
        assertEquals(Run.Stop.REQUESTED, trainer.fit(once()).stop());
        var config = Files.readString(folder.resolve("config.json"));
        assertTrue(message(() -> trainer(model()).steps(30).folder(folder).resume().fit(once()))
                .startsWith("StreamLoader.resume: expected samples that can be read again. Received Samples.once"));
        assertEquals(config, Files.readString(folder.resolve("config.json")));
    }

    private static StreamLoader<Batch> once() { return loader(Samples.once(new Chaos())); }

    @Test void settingsAreChecked() {
        assertEquals("Trainer.steps: expected at least 1. Received 0.", message(() -> trainer(model()).steps(0)));
        assertEquals("Trainer.evaluateEvery: expected at least 1. Received -1.",
                message(() -> trainer(model()).evaluateEvery(-1)));
        var same = source(Source.LOADER);
        assertEquals("Trainer.fit: expected a source of batches for the test that is not the one trained on, whose pass"
                + " is under way when it is evaluated. Received the same; make another.",
                message(() -> trainer(model()).steps(4).evaluateEvery(2).fit(same, same)));
    }

    @Test void aSourceIsEvaluatedAndPredictedWithToo() {
        var model = model();
        var trainer = trainer(model);
        var inMemory = inMemory(20, 3);
        assertEquals(trainer.evaluate(inMemory), trainer.evaluate(test()));
        assertArrayEquals(trainer.predict(inMemory).toFloats(), trainer.predict(test()).toFloats());
        assertArrayEquals(new long[] {20, 1}, trainer.predict(test()).shape());
    }
}
