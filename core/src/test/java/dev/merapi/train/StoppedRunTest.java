package dev.merapi.train;

import dev.merapi.data.Batch;
import dev.merapi.data.Collate;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Sequential;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Runs that are stopped in the middle of an epoch, by an order or an interrupt, and what may go on with them. */
class StoppedRunTest {
    @TempDir Path folder;

    private static Loader<Batch> data(int batchSize) { return Blobs.train(64, batchSize); }

    /** 8 batches in each of 2 epochs, stopped after 3 of the first. */
    private void stop() {
        var trainer = trainer(Blobs.model());
        trainer.listen(new Listener() {
            @Override public void step(Step step) { if (step.step() == 3) trainer.stop(); }
        });
        assertEquals(Run.Stop.REQUESTED, trainer.fit(data(8)).stop());
    }

    private Trainer<Batch> trainer(Sequential model) { return Blobs.trainer(model).epochs(2).folder(folder).resume(); }

    private String refusal(Loader<Batch> data, UnaryOperator<Trainer<Batch>> settings) throws IOException {
        var config = Files.readString(folder.resolve("config.json"));
        var message = assertThrows(IllegalArgumentException.class,
                () -> settings.apply(trainer(Blobs.model())).fit(data)).getMessage();
        assertEquals(config, Files.readString(folder.resolve("config.json")));
        return message;
    }

    @Test void otherBatchesAreRefused() throws IOException {
        stop();
        assertEquals("Trainer.resume: expected 8 batches in an epoch and 1 in a step, as when the run " + folder
                + " was stopped. Received 16 and 1: set batch size, data and accumulate() back, or begin a new run from"
                + " this one's weights in another folder.", refusal(data(4), t -> t));
        assertTrue(refusal(data(8), t -> t.accumulate(2)).contains("Received 8 and 2: "));
        assertTrue(refusal(Blobs.train(60, 4), t -> t).contains("Received 15 and 1: "));
    }

    @Test void anotherOrderIsRefused() throws IOException {
        stop();
        assertEquals("Trainer.resume: expected the order of samples of the epoch that was stopped after 3 batches in "
                + folder + ". Received another: some samples would come twice, and some never. Set the loader's"
                + " seed, sampler and batch size back.", refusal(data(8).shuffle(8), t -> t));
        assertTrue(refusal(data(8).seed(8), t -> t).contains("expected the order"));
        assertTrue(refusal(Blobs.train(61, 8), t -> t).contains("expected the order")); // 8 batches too
        trainer(Blobs.model()).fit(data(8)); // as it was
    }

    /** Between epochs nothing is left to take: another order may follow. */
    @Test void betweenEpochsAnotherOrderIsNoHarm() {
        trainer(Blobs.model()).epochs(1).fit(data(8));
        assertEquals(2, trainer(Blobs.model()).fit(data(8).shuffle(8)).history().size());
    }

    @Test void checkpointsOfEarlierVersionsAreRead() throws IOException {
        stop();
        var checkpoint = folder.resolve("checkpoints/step-000000003");
        var file = checkpoint.resolve("trainer.json");
        Files.writeString(file, Files.readString(file).replaceAll("\"(plan|batches|accumulate)\" : -?\\d+,?", "")
                .replaceFirst(",\\s*}\\s*$", "}"));
        Checksums.write(checkpoint);
        assertEquals(16, trainer(Blobs.model()).fit(data(8)).steps());
    }

    /** An interrupt in a step, while a batch is awaited, in the evaluation, or while a checkpoint is written. */
    @ParameterizedTest
    @ValueSource(strings = {"step", "batch", "evaluation", "checkpoint"})
    void anInterruptEndsTheFitWithACheckpointToTheBit(String when) {
        var model = Blobs.model();
        var trainer = trainer(model);
        trainer.listen(new Listener() {
            @Override public void step(Step step) { if (when.equals("step")) interruptAt(step.step(), 3); }
            @Override public void checkpoint(Path at) { if (when.equals("checkpoint")) interruptAt(1, 1); }
        });
        var stopped = trainer.fit(when.equals("batch") ? interrupting(Blobs.noisy(64), 8, 3).shuffle(7) : data(8),
                when.equals("evaluation") ? interrupting(Blobs.data(300, 2), 100, 1) : Blobs.test());
        assertTrue(Thread.interrupted(), "the interrupt is told");
        assertEquals(Run.Stop.REQUESTED, stopped.stop());
        assertEquals(when.equals("step") || when.equals("batch") ? 3 : 8, stopped.steps());
        assertTrue(Files.exists(folder.resolve("checkpoints/step-00000000" + stopped.steps())));

        var resumed = Blobs.model();
        trainer(resumed).fit(data(8), Blobs.test());
        var undisturbed = Blobs.model();
        Blobs.trainer(undisturbed).epochs(2).fit(data(8), Blobs.test());
        undisturbed.tensors().forEach((name, tensor) ->
                assertArrayEquals(tensor.toFloats(), resumed.tensors().get(name).toFloats(), name));
    }

    private static void interruptAt(long step, long which) {
        if (step == which) Thread.currentThread().interrupt();
    }

    /** The loader of a data set that gets no batch of this number at first, for the thread is interrupted then. */
    private static Loader<Batch> interrupting(Dataset<Batch> data, int batchSize, int number) {
        var made = new int[1];
        return Loader.of(data, batchSize, (List<Batch> samples) -> {
            if (made[0]++ == number) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted");
            }
            return Collate.<Batch>stack().collate(samples);
        }).workers(0);
    }
}
