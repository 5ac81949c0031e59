package dev.merapi.parallel;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.AdamW;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Listener;
import dev.merapi.train.Pass;
import dev.merapi.train.Run;
import dev.merapi.train.Task;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Fits of several ranks that are stopped and go on, with as many ranks or others. */
class ResumedRanksTest {
    private static final int SAMPLES = 48;

    @TempDir Path folder;
    private final ConcurrentLinkedQueue<Integer> seen = new ConcurrentLinkedQueue<>(); // samples, by their numbers

    private static synchronized Sequential model() {
        Torch.seed(1);
        return new Sequential(new Linear(1, 8), Tensor::tanh, new Linear(8, 1));
    }

    private record Fitting(Sequential model, ConcurrentLinkedQueue<Integer> seen) implements Task<Batch> {
        @Override public Pass forward(Batch batch) {
            for (float x : batch.x().toFloats()) seen.add(Math.round(x * SAMPLES));
            return Pass.of(model.forward(batch.x()).sub(batch.x().sin()).square().mean(), batch.x().size(0));
        }
    }

    private record Left(Run run, float[] weights) { }

    /** @param stop after this step of the fit; 0: not */
    private List<Left> fit(int world, Path folder, int stop) throws Exception {
        return Ranks.all(world, group -> {
            var model = model();
            try (var parallel = DataParallel.of(group)) {
                return new Left(fit(model, parallel, folder, stop), model.params().get("0.weight").toFloats());
            }
        });
    }

    private Run fit(Sequential model, DataParallel parallel, Path folder, int stop) {
        var trainer = Trainer.of(new Fitting(model, seen)).optimizer(m -> new AdamW(m, 0.01)).epochs(2)
                .strategy(parallel).folder(folder).resume();
        trainer.listen(new Listener() {
            @Override public void step(Step step) { if (step.step() == stop) trainer.stop(); }
        });
        var x = Tensor.arange(SAMPLES).to(model.dtype()).div(SAMPLES).view(-1, 1);
        var data = Dataset.of(x, x);
        return trainer.fit(Loader.of(data, 4).shuffle(3).workers(0));
    }

    @Test void asManyRanksGoOnAsIfNothingHadHappened() throws Exception {
        var undisturbed = fit(2, folder.resolve("undisturbed"), 0);
        assertEquals(Run.Stop.REQUESTED, fit(2, folder.resolve("stopped"), 2).get(1).run.stop());
        var resumed = fit(2, folder.resolve("stopped"), 0);
        for (int rank = 0; rank < 2; rank++) {
            assertArrayEquals(undisturbed.get(rank).weights, resumed.get(rank).weights);
            assertEquals(12, resumed.get(rank).run.steps());
            for (int epoch = 0; epoch < 2; epoch++) {
                assertEquals(undisturbed.get(0).run.history().get(epoch).value("train_loss"),
                        resumed.get(rank).run.history().get(epoch).value("train_loss"));
            }
        }
    }

    @Test void otherNumbersOfRanksTakeTheSamplesThatAreLeft() throws Exception {
        assertEquals(1, fit(4, folder, 1).get(0).run.steps()); // 4 of 12 batches
        assertEquals(16, seen.size());
        assertEquals(3, fit(2, folder, 3).get(1).run.steps()); // 8 of them
        fit(1, folder, 7); // the rest
        assertEquals(SAMPLES, seen.size());
        assertEquals(IntStream.range(0, SAMPLES).boxed().toList(), seen.stream().sorted().toList());
        var all = fit(3, folder, 0);
        assertEquals(7 + 4, all.get(2).run.steps());
        assertEquals(2 * SAMPLES, seen.size());
        assertArrayEquals(all.get(0).weights, all.get(2).weights);
    }

    @Test void ranksThatSeeOtherCheckpointsAreRefused() throws Exception {
        fit(2, folder.resolve("run"), 2);
        var ranks = Ranks.threads(2, Duration.ofMinutes(1), group -> {
            try (var parallel = DataParallel.of(group)) {
                return fit(model(), parallel, folder.resolve(group.rank() == 0 ? "run" : "elsewhere"), 0);
            }
        });
        for (var rank : ranks) {
            String message = Ranks.failure(rank);
            assertTrue(message.startsWith("Trainer.fit: expected the same checkpoints on all ranks. Received, as the"
                    + " newest, step-000000002, none in "), message);
        }
    }
}
