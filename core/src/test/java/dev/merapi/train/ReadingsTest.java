package dev.merapi.train;

import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.internal.HostReads;
import dev.merapi.nn.Linear;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Losses that are read later are the same numbers. */
class ReadingsTest {
    private record Heard(List<Listener.Step> steps, List<Double> losses) { }

    private static Heard fit(int readEvery, Path folder, long stopAfter) {
        var heard = new Heard(new ArrayList<>(), new ArrayList<>());
        var trainer = Blobs.trainer(Blobs.model()).epochs(2).clipNorm(1).accumulate(2).readEvery(readEvery);
        if (folder != null) trainer.folder(folder).checkpointEvery(3).resume();
        var run = trainer.listen(new Listener() {
            @Override public void step(Step step) {
                heard.steps.add(step);
                if (step.step() == stopAfter) trainer.stop();
            }
        }).fit(Blobs.train(200, 16), Blobs.test());
        run.history().forEach(epoch -> heard.losses.add(epoch.value("train_loss")));
        return heard;
    }

    @Test void listenersAndEpochsGetTheSameNumbersWheneverTheyAreRead() {
        var each = fit(1, null, -1);
        assertEquals(14, each.steps.size());
        for (int every : new int[] {3, 100}) assertEquals(each, fit(every, null, -1));
    }

    @Test void aRunThatIsStoppedBetweenTwoReadingsGoesOnToTheSameNumbers(@TempDir Path folder) {
        var whole = fit(4, null, -1);
        var first = fit(4, folder, 4);
        assertEquals(whole.steps.subList(0, first.steps.size()), first.steps);
        var second = fit(4, folder, -1);
        assertEquals(whole.steps.subList(first.steps.size(), 14), second.steps);
        assertEquals(whole.losses, second.losses);
    }

    /** The third step's data are bad: no checkpoint may hold what they made of the weights. */
    @Test void aNanThatIsReadLaterNamesItsStepAndIsNotSaved(@TempDir Path folder) {
        var x = Tensor.randn(24, 2);
        x.select(0, 10).fill_(Double.NaN);
        var data = Loader.of(Dataset.of(x, Tensor.of(new long[24])), 4).workers(0);
        var model = Blobs.model(0);
        var before = model.params().get("0.weight").toFloats();
        var trainer = Trainer.of(Classification.of(model, 3)).optimizer(m -> new Sgd(m, 0.1)).readEvery(100)
                .folder(folder).checkpointEvery(5);
        var message = assertThrows(NotFiniteException.class, () -> trainer.fit(data)).getMessage();
        assertTrue(message.startsWith("Trainer: step 3 of epoch 1: the loss is NaN. It was read 2 steps later, after"
                + " other updates: with readEvery(1) the fit ends before the weights change"), message);
        assertFalse(Files.exists(folder.resolve("checkpoints")));

        var again = Blobs.model(0);
        var each = Trainer.of(Classification.of(again, 3)).optimizer(m -> new Sgd(m, 1e-9)).readEvery(1);
        assertTrue(assertThrows(NotFiniteException.class, () -> each.fit(data)).getMessage()
                .startsWith("Trainer: step 3 of epoch 1: the loss is NaN. The batch itself has"));
        assertArrayEquals(before, again.params().get("0.weight").toFloats(), 1e-6f);
    }

    private static long reads(int readEvery) {
        var x = Tensor.randn(200, 2);
        var data = Loader.of(Dataset.of(x, x.mul(2)), 5).workers(0);
        long before = HostReads.count();
        assertEquals(40, Trainer.of(Regression.of(new Linear(2, 2))).optimizer(m -> new Sgd(m, 0.1)).clipNorm(1)
                .readEvery(readEvery).fit(data).steps());
        return HostReads.count() - before;
    }

    @Test void theHostIsReadOnceInSoManySteps() {
        assertEquals(120, reads(1)); // loss, first gradient and norm of each step
        assertEquals(4, reads(10));
        assertEquals(1, reads(100));
    }

    @Test void theSettingIsChecked() {
        assertEquals("Trainer.readEvery: expected at least 1. Received 0.", assertThrows(IllegalArgumentException.class,
                () -> Blobs.trainer(Blobs.model()).readEvery(0)).getMessage());
    }
}
