package dev.merapi.parallel;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Epoch;
import dev.merapi.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LocalUpdatesTest {
    private static final int SAMPLES = 240;

    private static synchronized Sequential model() {
        Torch.seed(1);
        return new Sequential(new Linear(2, 16), Tensor::tanh, new Linear(16, 3));
    }

    private static Loader<Batch> loader(int batch) {
        var x = new float[2 * SAMPLES];
        var labels = new long[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            x[2 * i] = (float) Math.sin(i);
            x[2 * i + 1] = (float) Math.cos(3 * i);
            labels[i] = x[2 * i] < 0 ? 2 : x[2 * i + 1] < 0 ? 1 : 0;
        }
        return Loader.of(Dataset.of(Tensor.of(x, SAMPLES, 2), Tensor.of(labels)), batch).workers(0);
    }

    private static float[] weights(Sequential model) { return model.params().get("0.weight").toFloats(); }

    private record Left(float[] weights, Epoch last) { }

    private static List<Left> ranks(int world, LocalUpdates.Options options, int epochs) throws Exception {
        return Ranks.all(world, group -> {
            var model = model();
            try (var local = LocalUpdates.of(group, options)) {
                var run = Trainer.of(Classification.of(model, 3)).optimizer(m -> new AdamW(m, 0.01)).epochs(epochs)
                        .strategy(local).fit(loader(8));
                return new Left(weights(model), run.last());
            }
        });
    }

    /** With the mean taken after each step, and steps that are linear in gradients, it is data parallelism. */
    @Test void ranksThatMeetAfterEachStepOfSgdAreOne() throws Exception {
        var expected = model();
        Trainer.of(Classification.of(expected, 3)).optimizer(m -> new Sgd(m, 0.2)).fit(loader(16));
        var options = LocalUpdates.Options.LOCAL_SGD.every(1);
        for (var weights : Ranks.all(2, group -> {
            var model = model();
            try (var local = LocalUpdates.of(group, options)) {
                Trainer.of(Classification.of(model, 3)).optimizer(m -> new Sgd(m, 0.2)).strategy(local).fit(loader(8));
            }
            return weights(model);
        })) {
            assertArrayEquals(weights(expected), weights, 1e-6f);
        }
    }

    /** The outer step by hand, on the weights that two fits of one rank each leave. */
    @Test void theOuterStepIsNesterovs() throws Exception {
        double rate = 0.5;
        double momentum = 0.8;
        var received = Ranks.all(2, group -> {
            try (var local = LocalUpdates.of(group, new LocalUpdates.Options(1, rate, momentum))) {
                var model = new Sequential(new Linear(1, 1));
                var weight = model.params().get("0.weight");
                var values = new ArrayList<Float>();
                try (var _ = Torch.noGrad()) {
                    weight.fill_(1);
                    local.prepare(model);
                    for (int i = 0; i < 2; i++) {
                        weight.add_(-(group.rank() + 1)); // moves by 1 and 2: by 1.5 in the mean
                        local.updated(model);
                        values.add((float) weight.item());
                    }
                }
                return values;
            }
        });
        double v = 0;
        double theta = 1;
        for (int i = 0; i < 2; i++) {
            v = momentum * v + 1.5;
            theta -= rate * (1.5 + momentum * v);
            for (var values : received) assertEquals(theta, values.get(i), 1e-6);
        }
    }

    @Test void ranksThatMeetSeldomLearnToo() throws Exception {
        var ranks = ranks(2, LocalUpdates.Options.DILOCO.every(5), 12);
        assertArrayEquals(ranks.get(0).weights, ranks.get(1).weights);
        double loss = ranks.get(0).last.value("train_loss");
        var alone = model();
        double expected = Trainer.of(Classification.of(alone, 3)).optimizer(m -> new AdamW(m, 0.01)).epochs(12)
                .fit(loader(16)).last().value("train_loss");
        assertTrue(expected < 0.6 && loss < expected + 0.15, loss + " instead of " + expected);
    }

    /** Ranks hold the same weights however movements travel, and learn. */
    @Test void movementsMayTravelInFewerBytes() throws Exception {
        for (var how : List.of(Compression.bfloat16(), Compression.topK(0.5), Compression.powerSgd(2))) {
            var ranks = ranks(2, LocalUpdates.Options.LOCAL_SGD.every(5).compression(how), 12);
            assertArrayEquals(ranks.get(0).weights, ranks.get(1).weights);
            assertTrue(ranks.get(0).last.value("train_loss") < 0.8, how + ": " + ranks.get(0).last);
        }
    }

    @Test void optionsAreChecked() {
        assertEquals("LocalUpdates: expected at least 1 step between meetings, a rate above 0 and a momentum from 0 to"
                + " below 1. Received 0, 1.0 and 0.0", assertThrows(IllegalArgumentException.class, () ->
                        LocalUpdates.Options.LOCAL_SGD.every(0)).getMessage());
    }
}
