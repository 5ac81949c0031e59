package dev.merapi.train;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** Several small batches, one step: the same as one big batch. */
class AccumulationTest {
    private static Sequential fit(Dataset<Batch> data, int batchSize, int accumulate, CrossEntropy loss) {
        var model = Blobs.model(0);
        var run = Trainer.of(Classification.of(model, 3, loss)).optimizer(m -> new Sgd(m, 0.1)).epochs(3)
                .accumulate(accumulate).clipNorm(0.5).fit(Loader.of(data, batchSize).workers(0));
        assertEquals(3 * Math.ceilDiv(data.size(), batchSize * accumulate), run.steps());
        return model;
    }

    private static void assertSameWeights(Sequential expected, Sequential actual) {
        expected.params().forEach((name, param) ->
                assertArrayEquals(param.toFloats(), actual.params().get(name).toFloats(), 1e-6f, name));
    }

    @Test void equalsTheBigBatchAlsoWhereTheLastGroupIsIncomplete() {
        var data = Blobs.data(90, 1); // 2 steps of 40 and one of 10, whose parts are 8 and 2
        assertSameWeights(fit(data, 40, 1, new CrossEntropy()), fit(data, 8, 5, new CrossEntropy()));
    }

    /** Sequences of one to six steps, padded with ignored targets: a batch's mean divides by the real ones alone. */
    @Test void equalsTheBigBatchWithPaddedLengths() {
        int n = 24;
        int length = 6;
        Torch.seed(11);
        var x = Tensor.randn(n * length, 2);
        var labels = new long[n * length];
        for (int i = 0; i < labels.length; i++) labels[i] = i % length <= i / length % length ? i % 3 : -100;
        // a sequence's steps are rows here; parts of 12 rows hold 2 to 11 targets
        var data = Dataset.of(x, Tensor.of(labels));
        var whole = fit(data, 48, 1, new CrossEntropy());
        assertSameWeights(whole, fit(data, 12, 4, new CrossEntropy()));

        // without weights, the mean of the parts' means is something else: the test can tell
        var x1 = whole.params().get("0.weight").toFloats();
        var plain = Blobs.model(0);
        Trainer.of(new Task<Batch>() {
            @Override public Sequential model() { return plain; }
            @Override public Pass forward(Batch b) {
                return Pass.of(new CrossEntropy().forward(plain.forward(b.x()), b.y()), 1);
            }
        }).optimizer(m -> new Sgd(m, 0.1)).epochs(3).accumulate(4).clipNorm(0.5).fit(Loader.of(data, 12));
        assertFalse(Arrays.equals(x1, plain.params().get("0.weight").toFloats()));
    }

    @Test void equalsTheBigBatchWithClassWeights() {
        var loss = new CrossEntropy().classWeights(1, 5, 0.2);
        var data = Blobs.data(120, 1);
        assertSameWeights(fit(data, 60, 1, loss), fit(data, 10, 6, loss));
    }
}
