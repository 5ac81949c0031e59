package dev.merapi.train;

import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.loss.Mse;
import dev.merapi.nn.Linear;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HelpersTest {
    @Test void oneBatchIsLearntByHeartAndTheModelStaysAsItWas() {
        var model = Blobs.model(0);
        var before = model.params().get("0.weight").toFloats();
        try (var train = Blobs.train(64, 16); var batches = train.iterator()) {
            var batch = batches.next();
            long live = Scope.live();
            var losses = Overfit.batch(Blobs.trainer(model), batch, 200);
            assertTrue(losses[199] < 0.05 * losses[0], losses[0] + " to " + losses[199]);
            assertTrue(Scope.live() <= live, live + " to " + Scope.live());
        }
        assertArrayEquals(before, model.params().get("0.weight").toFloats());
    }

    @Test void theSuggestedRateTrainsAndTheLargestDiverges() {
        var model = Blobs.model(0);
        var before = model.params().get("0.weight").toFloats();
        var trainer = Trainer.of(Classification.of(model, 3)).optimizer(m -> new Sgd(m, 1));
        var curve = LearningRateFinder.run(trainer, Blobs.train(600, 32), 1e-5, 1e4, 120);
        assertArrayEquals(before, model.params().get("0.weight").toFloats());
        assertTrue(curve.rates().getLast() < 1e4, "did not diverge");
        assertEquals(1e-5, curve.rates().getFirst(), 1e-12);

        double rate = curve.suggestion();
        assertTrue(rate > 1e-3 && rate < 100, "suggested " + rate);
        var run = Trainer.of(Classification.of(model, 3)).optimizer(m -> new Sgd(m, rate)).epochs(5)
                .fit(Blobs.train(600, 32), Blobs.test());
        assertTrue(run.best("accuracy") > 0.95, "at " + rate + ": " + run.history());
    }

    /** A likelihood, say, whose negative logarithm may fall below 0. */
    @Test void lossesBelowZeroDivergeNoSooner() {
        var task = Supervised.of(new Linear(2, 1), (p, y) -> new Mse().forward(p, y).sub(5));
        var data = Loader.of(Dataset.of(Tensor.ones(16, 2), Tensor.zeros(16, 1)), 16);
        var curve = LearningRateFinder.run(Trainer.of(task).optimizer(m -> new Sgd(m, 1)), data, 1e-4, 1e4, 80);
        assertTrue(curve.losses().getFirst() < 0);
        assertTrue(curve.rates().getLast() > 1e-1, "stopped at " + curve.rates().getLast());
        assertTrue(curve.rates().getLast() < 1e4, "did not diverge");
    }

    @Test void theSteepestPlaceIsSuggested() {
        var curve = new LearningRateFinder.Curve(List.of(1e-3, 1e-2, 1e-1, 1., 10.), List.of(2., 1.9, 1., 0.6, 4.));
        assertEquals(1e-1, curve.suggestion(), 0); // from 1.9 to 0.6
    }

    @Test void badRangesAreRefused() {
        var trainer = Blobs.trainer(Blobs.model());
        assertEquals("LearningRateFinder: expected 0 < from < to and at least 3 steps. Received 1.0, 0.1 and 100",
                assertThrows(IllegalArgumentException.class,
                        () -> LearningRateFinder.run(trainer, Blobs.train(64, 16), 1, 0.1, 100)).getMessage());
    }
}
