package dev.merapi.train;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.EmbeddingBag;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adagrad;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.ParamGroup;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A table with sparse gradients and a dense layer, trained together. */
class SparseTrainingTest {
    private static final int ITEMS = 50;

    /** Bags of four items; the sum of their numbers decides the class. */
    private static Dataset<Batch> data() {
        Torch.seed(2);
        Tensor items = Tensor.randint(0, ITEMS - 10, 120, 4); // the last ten are in no bag
        return Dataset.of(items, items.sum(new long[] {1}, false).gt(2 * ITEMS - 20).to(items.dtype()));
    }

    private static Sequential model(boolean sparse) {
        Torch.seed(3);
        var bag = new EmbeddingBag(ITEMS, 8, EmbeddingBag.Mode.MEAN);
        return new Sequential(sparse ? bag.sparse() : bag, new Linear(8, 2));
    }

    private static Trainer<Batch> trainer(Sequential model) {
        return Trainer.of(Classification.of(model, 2)).epochs(3).clipNorm(0.2);
    }

    private static void assertSameWeights(Layer expected, Layer actual, float tolerance) {
        expected.params().forEach((name, param) ->
                assertArrayEquals(param.toFloats(), actual.params().get(name).toFloats(), tolerance, name));
    }

    private static Param table(Layer model) { return model.params().get("0.weight"); }

    @Test void equalsTheDenseTableWithClippingAccumulationAndAverage() {
        var models = List.of(model(false), model(true));
        for (var model : models) {
            var trainer = trainer(model).optimizer(m -> new Adagrad(m, 0.1)).accumulate(3).ema(0.9);
            trainer.fit(Loader.of(data(), 8).workers(0));
        }
        assertTrue(table(models.get(1)).grad().isSparse());
        assertSameWeights(models.get(0), models.get(1), 1e-5f);
    }

    @Test void accumulatesToTheBigBatch() {
        var whole = model(true);
        trainer(whole).optimizer(m -> new Sgd(m, 0.5)).fit(Loader.of(data(), 40).workers(0));
        var parts = model(true);
        trainer(parts).optimizer(m -> new Sgd(m, 0.5)).accumulate(5).fit(Loader.of(data(), 8).workers(0));
        assertSameWeights(whole, parts, 1e-5f);
    }

    private static AdamW adamW(Layer model) {
        return new AdamW(List.of(ParamGroup.of(model, name -> name.startsWith("0.")).decay(0),
                ParamGroup.of(model, name -> !name.startsWith("0."))), 0.05);
    }

    /** Lazy Adam for the table and AdamW with decay for the layer: items in no bag keep their vectors. */
    @Test void oneOptimizerServesBoth() {
        var model = model(true);
        var before = table(model).narrow(0, ITEMS - 10, 10).detach().copy();
        var run = trainer(model).optimizer(SparseTrainingTest::adamW).epochs(20).fit(Loader.of(data(), 16).workers(0));
        assertTrue(run.last().value("train_loss") < 0.3, "" + run.last());
        assertArrayEquals(before.toFloats(), table(model).narrow(0, ITEMS - 10, 10).toFloats());
    }

    @Test void resumesToTheSameBits(@TempDir Path temp) {
        var undisturbed = model(true);
        trainer(undisturbed).optimizer(SparseTrainingTest::adamW).seed(1).fit(Loader.of(data(), 16).workers(0));
        for (int epochs : new int[] {1, 3}) {
            var model = model(true);
            trainer(model).optimizer(SparseTrainingTest::adamW).seed(1).epochs(epochs).folder(temp.resolve("run"))
                    .resume().fit(Loader.of(data(), 16).workers(0));
            if (epochs == 3) assertSameWeights(undisturbed, model, 0);
        }
    }

    @Test void float16GradientsAreScaledBack() {
        var model = model(true);
        trainer(model).clipNorm(1e9).precision(DType.FLOAT16).optimizer(m -> new Sgd(m, 0.5))
                .fit(Loader.of(data(), 16).workers(0));
        var plain = model(true);
        trainer(plain).clipNorm(1e9).optimizer(m -> new Sgd(m, 0.5)).fit(Loader.of(data(), 16).workers(0));
        assertSameWeights(plain, model, 5e-2f);
    }

    @Test void aGradientThatIsNotFiniteEndsTheFit() {
        var model = model(true);
        try (var _ = table(model).onGradient(g -> g.mul(Double.NaN))) {
            var trainer = trainer(model).optimizer(m -> new Sgd(m, 0.5));
            var e = assertThrows(NotFiniteException.class, () -> trainer.fit(Loader.of(data(), 16).workers(0)));
            assertEquals("Trainer: step 1 of epoch 1: a gradient is not finite, though the loss is. All layers' outputs"
                    + " are finite, but not the gradient of 0.weight: look for a root or norm at 0 behind it (add a"
                    + " small constant inside), or try clipNorm(1). Checkpoints written before are untouched.",
                    e.getMessage());
        }
    }
}
