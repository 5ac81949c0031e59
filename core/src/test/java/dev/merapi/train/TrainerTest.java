package dev.merapi.train;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.data.Split;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.loss.Mse;
import dev.merapi.metric.Accuracy;
import dev.merapi.metric.Metric;
import dev.merapi.nn.BatchNorm1d;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adam;
import dev.merapi.optim.ReduceOnPlateau;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TrainerTest {
    @TempDir Path folder;

    @Test void learnsAndRecordsEachEpoch() {
        var model = Blobs.model();
        var run = Blobs.trainer(model).epochs(4).fit(Blobs.train(600, 32), Blobs.test());

        assertEquals(Run.Stop.FINISHED, run.stop());
        assertEquals(4 * 19, run.steps());
        assertEquals(4, run.history().size());
        assertTrue(run.best("accuracy") > 0.95, run.history().toString());
        assertTrue(run.last().value("train_loss") < 0.5 * run.history().getFirst().value("train_loss"));
        for (var epoch : run.history()) {
            assertTrue(epoch.stepsPerSecond() > 0 && epoch.seconds() > 0, epoch.toString());
            assertTrue(epoch.waiting() >= 0 && epoch.waiting() <= 1, epoch.toString());
        }
        assertEquals(run.last().value("accuracy"),
                Blobs.trainer(model).evaluate(Blobs.test()).get("accuracy"));
    }

    @Test void batchNormAndALastBatchOfOneRow() {
        Torch.seed(3);
        var model = new Sequential(new Linear(2, 8), new BatchNorm1d(8), new Linear(8, 3));
        var trainer = Blobs.trainer(model).epochs(2);
        var message = assertThrows(IllegalArgumentException.class,
                () -> trainer.fit(Loader.of(Blobs.data(9, 1), 4))).getMessage();
        assertTrue(message.startsWith("1 (BatchNorm1d): expected more than one value in each channel of a training"
                + " batch"), message);
        assertTrue(message.contains("Received x of shape (1, 8); use larger batches, leave out a last one"), message);
        var variance = model.tensors().get("1.running_var");
        assertTrue(variance.isFinite().all().itemBoolean());
        assertEquals(4, trainer.fit(Loader.of(Blobs.data(9, 1), 4).joinSingle()).steps());
        assertTrue(variance.isFinite().all().itemBoolean());
    }

    @Test void evaluationIsThatOfTheWholeWhateverTheBatches() {
        var trainer = Blobs.trainer(Blobs.model());
        var whole = trainer.evaluate(Loader.of(Blobs.data(300, 2), 300));
        var parts = trainer.evaluate(Loader.of(Blobs.data(300, 2), 77));
        assertEquals(whole.get("loss"), parts.get("loss"), 1e-6);
        assertEquals(whole.get("accuracy"), parts.get("accuracy"), 1e-12);
    }

    @Test void metricsAreAskedForOnce() {
        record Asked(Task<Batch> task) implements Task<Batch> {
            @Override public Layer model() { return task.model(); }
            @Override public Pass forward(Batch batch) { return task.forward(batch); }
            @Override public List<Metric<?, ?>> metrics() { return List.of(new Accuracy()); }
        }
        var trainer = Trainer.of(new Asked(Classification.of(Blobs.model(), 3)));
        double accuracy = trainer.evaluate(Blobs.test()).get("accuracy");
        assertEquals(Blobs.trainer(Blobs.model()).evaluate(Blobs.test()).get("accuracy"), accuracy);
    }

    @Test void evaluationLeavesModelAndModeAlone() {
        var model = Blobs.model();
        var before = model.params().get("0.weight").toFloats();
        model.train(true);
        Blobs.trainer(model).evaluate(Blobs.test());
        assertTrue(model.isTraining());
        assertArrayEquals(before, model.params().get("0.weight").toFloats());
    }

    @Test void predictionsAreProbabilitiesInTheOrderOfTheData() {
        var model = Blobs.model();
        var data = Blobs.data(50, 9);
        var trainer = Blobs.trainer(model);
        try (var _ = Scope.open()) {
            var probabilities = trainer.predict(Loader.of(data, 16));
            assertArrayEquals(new long[] {50, 3}, probabilities.shape());
            for (float sum : probabilities.sum(1).toFloats()) assertEquals(1, sum, 1e-5);
            var one = trainer.predict(new Batch(data.get(20).x().unsqueeze(0), null));
            assertArrayEquals(probabilities.narrow(0, 20, 1).toFloats(), one.toFloats(), 1e-6f);
        }
    }

    @Test void aScheduleMovesTheLearningRateOfEachStep() {
        var rates = new ArrayList<Double>();
        Blobs.trainer(Blobs.model()).epochs(2).scheduleOver(total -> step -> 1 - (double) step / total)
                .listen(new Listener() {
                    @Override public void step(Step step) { rates.add(step.learningRate()); }
                }).fit(Blobs.train(96, 32));
        assertArrayEquals(new double[] {6 / 6., 5 / 6., 4 / 6., 3 / 6., 2 / 6., 1 / 6.},
                rates.stream().mapToDouble(r -> r / 1e-2).toArray(), 1e-12);
    }

    @Test void aPlateauLowersTheLearningRate() {
        var rates = new ArrayList<Double>();
        var frozen = new ReduceOnPlateau.Options(true, 0.5, 1, 0, false, 0, 0);
        Trainer.of(Classification.of(Blobs.model(), 3)).optimizer(m -> new Sgd(m, 1e-12)).epochs(6)
                .reduceOnPlateau("accuracy", frozen).listen(new Listener() {
                    @Override public void epoch(Epoch epoch) { rates.add(epoch.learningRate() / 1e-12); }
                }).fit(Blobs.train(32, 32), Blobs.test());
        assertEquals(List.of(1., 1., 1., 0.5, 0.5, 0.25), rates); // first the best, then two without a better
    }

    @Test void theAverageIsWhatIsMeasuredAndKept() {
        var model = Blobs.model();
        var last = new ArrayList<float[]>();
        var trainer = Blobs.trainer(model).epochs(2).ema(0.95).listen(new Listener() {
            @Override public void step(Step step) { last.add(model.params().get("0.weight").toFloats()); }
        });
        var run = trainer.fit(Blobs.train(600, 32), Blobs.test());
        assertEquals(run.last().value("loss"), trainer.evaluate(Blobs.test()).get("loss"));
        var mean = new Blobs.Mean(0.95, Blobs.model().params().get("0.weight").toFloats());
        last.forEach(mean::add);
        assertArrayEquals(mean.values(), model.params().get("0.weight").toFloats(), 1e-6f);
    }

    @Test void earlyStoppingEndsAndGoesBackToTheBestWeights() {
        var model = Blobs.model();
        var seen = new ArrayList<float[]>();
        // a rate that is good for two epochs, and then so high that all is spoilt
        var run = Blobs.trainer(model).epochs(20).schedule(step -> step < 38 ? 1 : 300).earlyStopping("loss", 2)
                .listen(new Listener() {
                    @Override public void epoch(Epoch epoch) { seen.add(model.params().get("0.weight").toFloats()); }
                }).fit(Blobs.train(600, 32), Blobs.test());
        assertEquals(Run.Stop.EARLY, run.stop());
        int best = run.bestEpoch("loss").epoch();
        assertEquals(best + 2, run.history().size());
        assertArrayEquals(seen.get(best - 1), model.params().get("0.weight").toFloats());
    }

    @Test void withEarlyStoppingTheBestWeightsStayAlsoAfterTheLastEpoch() {
        var trainer = Blobs.trainer(Blobs.model()).epochs(4).schedule(step -> step < 57 ? 1 : 300)
                .earlyStopping("loss", 3);
        var run = trainer.fit(Blobs.train(600, 32), Blobs.test());
        assertEquals(Run.Stop.FINISHED, run.stop());
        assertTrue(run.last().value("loss") > run.best("loss"));
        assertEquals(run.best("loss"), trainer.evaluate(Blobs.test()).get("loss"), 1e-9);
    }

    @Test void aMetricThatIsNeverANumberEndsTheFitEarly() {
        var nan = new Metric<Tensor, Tensor>() {
            @Override public String name() { return "nan"; }
            @Override public void update(Tensor prediction, Tensor target) { }
            @Override public double[] state() { return new double[0]; }
            @Override public void merge(double... state) { }
            @Override public double value() { return Double.NaN; }
            @Override public void reset() { }
        };
        var run = Trainer.of(Supervised.of(Blobs.model(), new CrossEntropy(), nan)).optimizer(m -> new Sgd(m, 0.1))
                .epochs(9).earlyStopping("nan", 2).fit(Blobs.train(64, 16), Blobs.test());
        assertEquals(Run.Stop.EARLY, run.stop());
        assertEquals(2, run.history().size());
        assertEquals("Run: none of 2 finished epochs has a number for nan",
                assertThrows(IllegalStateException.class, () -> run.best("nan")).getMessage());
    }

    @Test void aListenerMayStopAtAnyStep() {
        var trainer = Blobs.trainer(Blobs.model()).epochs(5);
        var run = trainer.listen(new Listener() {
            @Override public void step(Step step) { if (step.step() == 25) trainer.stop(); }
        }).fit(Blobs.train(600, 32));
        assertEquals(Run.Stop.REQUESTED, run.stop());
        assertEquals(25, run.steps());
        assertEquals(1, run.history().size());
    }

    @Test void twoThousandStepsLeaveNoTensorBehind() {
        var live = new ArrayList<Long>();
        var model = Blobs.model();
        Blobs.trainer(model).epochs(20).clipNorm(1).accumulate(2).listen(new Listener() {
            @Override public void epoch(Epoch epoch) { live.add(Scope.live()); }
        }).fit(Loader.of(Blobs.data(800, 1), 4).shuffle(7), Blobs.test());
        assertEquals(20, live.size());
        // garbage of other tests may go meanwhile
        for (int i = 1; i < 20; i++) assertTrue(live.get(i) <= live.get(i - 1), live.toString());
    }

    @Test void aCustomTaskNeedsModelAndForwardAlone() {
        var model = new Linear(2, 2);
        var task = new Task<Batch>() {
            @Override public Linear model() { return model; }
            @Override public Pass forward(Batch b) {
                return Pass.of(model.forward(b.x()).sub(b.x()).square().mean(), b.size());
            }
        };
        var run = Trainer.of(task).optimizer(m -> new Sgd(m, 0.2)).epochs(5)
                .fit(Loader.of(Blobs.data(300, 1), 10), Blobs.test());
        assertTrue(run.best("loss") < 1e-4, run.history().toString());
        var message = assertThrows(UnsupportedOperationException.class,
                () -> Trainer.of(task).predict(Blobs.test())).getMessage();
        assertTrue(message.endsWith("this task's passes hold no prediction; implement predict."), message);
    }

    @Test void regressionLearnsALine() {
        Torch.seed(1);
        var x = Tensor.randn(200, 1);
        var data = Dataset.of(x, x.mul(3).add(1));
        var model = new Linear(1, 1);
        var run = Trainer.of(Regression.of(model)).optimizer(m -> new Adam(m, 0.1)).epochs(10)
                .fit(Loader.of(data, 20), Loader.of(data, 50));
        assertEquals(3, model.params().get("weight").item(), 0.05);
        assertEquals(1, model.params().get("bias").item(), 0.05);
        assertTrue(run.best("mae") < 0.05, run.history().toString());
    }

    /** Broadcast to (B, B), it would learn the mean of all targets. */
    @Test void regressionOfOneOutputLearnsItsTargets() {
        Torch.seed(1);
        var x = new float[100][2];
        var y = new float[100];
        for (int i = 0; i < 100; i++) {
            x[i] = new float[] {i % 10 / 10f, i / 10 / 10f};
            y[i] = 2 * x[i][0] - x[i][1] + 1;
        }
        var data = Dataset.of(x, y);
        var model = new Linear(2, 1);
        var trainer = Trainer.of(Regression.of(model)).optimizer(m -> new Adam(m, 0.1)).epochs(20);
        var run = trainer.fit(Loader.of(data, 7), Loader.of(data, 30));
        assertArrayEquals(new float[] {2, -1}, model.params().get("weight").toFloats(), 0.02f);
        assertTrue(run.best("mae") < 0.01 && run.best("loss") < 1e-4, run.history().toString());
        assertArrayEquals(new long[] {100, 1}, trainer.predict(Loader.of(data, 30)).shape());
    }

    /** Another fit, say: its dropout draws from the process's generators, and its seed sets them. */
    @Test void aFitThatDrawsNothingDoesNotDependOnWhoElseDraws() throws InterruptedException {
        float[] alone = fitted(Blobs.model(0));
        var done = new AtomicBoolean();
        var drawing = new CountDownLatch(1);
        var other = new Thread(() -> {
            for (int i = 0; !done.get(); i++) {
                try (var _ = Scope.open()) {
                    Torch.seed(i);
                    Tensor.rand(100);
                }
                drawing.countDown();
            }
        });
        var model = Blobs.model(0);
        other.start();
        drawing.await();
        try {
            assertArrayEquals(alone, fitted(model));
        } finally {
            done.set(true);
            other.join();
        }
    }

    private static float[] fitted(Sequential model) {
        Blobs.trainer(model).epochs(2).fit(Blobs.train(200, 16));
        return model.params().get("0.weight").toFloats();
    }

    @Test void fitsOneAfterTheOtherRepeatTheirDropout() {
        var runs = new float[2][];
        for (int i = 0; i < 2; i++) {
            var model = Blobs.model();
            Tensor.rand(10 * i); // in between, others may draw
            runs[i] = fitted(model);
        }
        assertArrayEquals(runs[0], runs[1]);
    }

    // ---- bad input

    private static String refusal(Runnable action) {
        return assertThrows(IllegalArgumentException.class, action::run).getMessage();
    }

    @Test void settingsAreChecked() {
        var trainer = Blobs.trainer(Blobs.model());
        assertEquals("Trainer.epochs: expected at least 1. Received 0.", refusal(() -> trainer.epochs(0)));
        assertEquals("Trainer.accumulate: expected at least 1. Received -1.", refusal(() -> trainer.accumulate(-1)));
        assertEquals("Trainer.clipNorm: expected more than 0. Received 0.0.", refusal(() -> trainer.clipNorm(0)));
        assertTrue(refusal(() -> trainer.precision(dev.merapi.tensor.DType.INT8)).endsWith("Received int8."));
        assertEquals("Trainer.earlyStopping: expected one of [accuracy, loss, train_loss]. Received val_accuracy",
                refusal(() -> trainer.earlyStopping("val_accuracy", 1).fit(Blobs.train(32, 32), Blobs.test())));
        assertEquals("Trainer.earlyStopping: expected one of [train_loss]. Received accuracy; fit has no test set.",
                refusal(() -> trainer.earlyStopping("accuracy", 1).fit(Blobs.train(32, 32))));
    }

    @Test void anOptimizerIsNeeded() {
        assertEquals("Trainer.fit: expected an optimizer. Call optimizer(m -> new Adam(m, 1e-3)) first.",
                refusal(() -> Trainer.of(Classification.of(Blobs.model(), 3)).fit(Blobs.test())));
    }

    @Test void oneClassIsNoClassification() {
        assertEquals("Classification.classes: expected at least 2. Received 1.",
                refusal(() -> Classification.of(new Linear(2, 1), 1)));
    }

    @Test void aModelOfOtherWidthIsNamed() {
        assertEquals("Classification: expected the model to give logits (N, 4). Received (100, 3); its last layer"
                + " should have 4 outputs.", refusal(() -> Trainer.of(Classification.of(Blobs.model(), 4))
                .evaluate(Blobs.test())));
    }

    @Test void aDataSetOfOneClassTrains() {
        var x = Tensor.randn(20, 2);
        var one = Loader.of(Dataset.of(x, Tensor.of(new long[20])), 5);
        assertEquals(1, Blobs.trainer(Blobs.model()).epochs(10).fit(one, one).best("accuracy"));
    }

    @Test void aBatchLargerThanTheDataIsOneBatch() {
        assertEquals(3, Blobs.trainer(Blobs.model()).epochs(3).fit(Blobs.train(20, 64)).steps());
        assertTrue(refusal(() -> Blobs.trainer(Blobs.model()).fit(Blobs.train(20, 64).dropLast()))
                .startsWith("Loader: expected at least 64 samples"));
    }

    @Test void batchesWithoutTargetsTeachNothing() {
        var ignored = Tensor.full(-100, 20);
        var data = Loader.of(Dataset.of(Tensor.randn(20, 2), ignored), 5);
        assertEquals("Trainer.fit: expected batches with at least one target to learn from. Received 4 batches"
                + " without.",
                refusal(() -> Blobs.trainer(Blobs.model()).fit(data)));
        assertEquals("Trainer.evaluate: the loader gave no batch with a target.",
                refusal(() -> Blobs.trainer(Blobs.model()).evaluate(data)));
    }

    @Test void regressionRefusesShapesThatWouldBroadcast() {
        var data = Loader.of(Dataset.of(Tensor.randn(20, 2), Tensor.randn(20)), 5);
        assertEquals("Regression: expected targets of the output's shape (5, 3). Received (5); reshape one of them.",
                refusal(() -> Trainer.of(Regression.of(new Linear(2, 3))).evaluate(data)));
        assertEquals("Mse: expected a target of the prediction's shape (5, 1). Received (5); call squeeze(-1) on the"
                + " prediction.", refusal(() -> Trainer.of(Supervised.of(new Linear(2, 1), new Mse())).evaluate(data)));
    }

    @Test void anUnknownValueNamesTheKnown() {
        var run = Blobs.trainer(Blobs.model()).fit(Blobs.train(32, 32), Blobs.test());
        assertEquals("Epoch: expected one of [train_loss, loss, accuracy]. Received f1", refusal(() -> run.best("f1")));
        assertFalse(run.history().isEmpty());
    }

    @Test void foldsAreSummedUp() {
        var result = CrossValidation.run(Split.kFold(Blobs.data(300, 1), 3, 7), fold ->
                Blobs.trainer(Blobs.model()).epochs(3).fit(Loader.of(fold.train(), 32), Loader.of(fold.test(), 50)));
        double[] values = result.runs().stream().mapToDouble(run -> run.last().value("accuracy")).toArray();
        double mean = (values[0] + values[1] + values[2]) / 3;
        double squares = 0;
        for (double value : values) squares += (value - mean) * (value - mean);
        assertEquals(mean, result.mean("accuracy"), 1e-12);
        assertTrue(mean > 0.95, "" + mean);
        assertEquals(Math.sqrt(squares / 2), result.std("accuracy"), 1e-12);
        assertEquals("CrossValidation.folds: expected at least 2. Received 1.",
                refusal(() -> CrossValidation.run(List.of(1), _ -> null)));
    }

    /** Dropout stays on for the rest of the epoch, in all layers but those that were switched off. */
    @ParameterizedTest
    @ValueSource(strings = {"evaluate", "predict", "predict batch", "predict inputs"})
    void askingInTheMiddleOfTrainingChangesNothing(String how) {
        float[] expected = weightsAsked(_ -> { });
        assertArrayEquals(expected, weightsAsked(trainer -> {
            try (var _ = Scope.open()) {
                var batch = Blobs.test().iterator().next();
                switch (how) {
                    case "evaluate" -> trainer.evaluate(Blobs.test());
                    case "predict" -> trainer.predict(Blobs.test());
                    case "predict batch" -> trainer.predict(batch);
                    default -> ((Supervised) trainer.task()).predict(batch.x());
                }
            }
        }));
        assertFalse(Arrays.equals(expected, weightsAsked(trainer -> trainer.task().model().eval())));
    }

    private static float[] weightsAsked(Consumer<Trainer<Batch>> question) {
        var model = Blobs.model(0.5);
        var trainer = Blobs.trainer(model);
        trainer.listen(new Listener() {
            @Override public void step(Step step) {
                if (step.step() != 2) return;
                var frozen = model.layers().get("1");
                frozen.eval();
                question.accept(trainer);
                assertFalse(frozen.isTraining());
            }
        }).fit(Blobs.train(128, 16));
        return model.params().get("0.weight").toFloats();
    }

    /** Each epoch, whatever is measured between them; and the rest of the model trains. */
    @Test void aBatchNormInEvaluationKeepsItsStatistics() {
        Torch.seed(3);
        var model = new Sequential(new Linear(2, 8), new BatchNorm1d(8), new Dropout(0.2), new Linear(8, 3));
        model.layers().get("1").eval();
        var modes = new ArrayList<Boolean>();
        Blobs.trainer(model).epochs(3).listen(new Listener() {
            @Override public void step(Step step) {
                modes.add(model.layers().get("2").isTraining() && !model.layers().get("1").isTraining());
            }
        }).fit(Blobs.train(64, 16), Blobs.test());
        assertEquals(Collections.nCopies(12, true), modes);
        assertArrayEquals(new float[8], model.tensors().get("1.running_mean").toFloats());
    }

    @Test void aModelInEvaluationIsSwitchedToTraining() {
        Torch.seed(3);
        var model = new Sequential(new Linear(2, 8), new BatchNorm1d(8), new Linear(8, 3));
        model.eval();
        Blobs.trainer(model).fit(Blobs.train(64, 16));
        assertTrue(model.layers().values().stream().allMatch(Layer::isTraining));
        assertFalse(Arrays.equals(new float[8], model.tensors().get("1.running_mean").toFloats()));
    }

    /** At once, and before anything is written. */
    @ParameterizedTest
    @ValueSource(strings = {"noGrad", "inference"})
    void trainingNeedsGradients(String mode) {
        var trainer = Blobs.trainer(Blobs.model()).folder(folder.resolve("run"));
        try (var _ = mode.equals("noGrad") ? Torch.noGrad() : Torch.inference()) {
            String expected = ": expected a place where gradients are recorded. Received a call inside Torch." + mode
                    + "(); close that guard first.";
            assertEquals("Trainer.fit" + expected, state(() -> trainer.fit(Blobs.train(64, 16))));
            assertEquals("LearningRateFinder" + expected,
                    state(() -> LearningRateFinder.run(trainer, Blobs.train(64, 16))));
            assertEquals("Overfit" + expected,
                    state(() -> Overfit.batch(trainer, new Batch(Tensor.zeros(1, 2), Tensor.zeros(1)), 1)));
            if (mode.equals("noGrad")) {
                try (var _ = Torch.enableGrad()) {
                    assertEquals(4, Blobs.trainer(Blobs.model()).fit(Blobs.train(64, 16)).steps());
                }
            }
        }
        assertFalse(Files.exists(folder.resolve("run")));
        assertEquals(4, trainer.fit(Blobs.train(64, 16)).steps());
    }

    private static String state(Runnable action) {
        return assertThrows(IllegalStateException.class, action::run).getMessage();
    }

    @Test void aDeviceThatIsNotThereIsRefusedWhereItIsNamed() {
        var trainer = Blobs.trainer(Blobs.model());
        var message = refusal(() -> trainer.device(Device.cuda(99)));
        assertTrue(message.startsWith("Device: expected one of the "), message);
        assertTrue(message.contains("CUDA devices here. Received cuda:99"), message);
    }

    @Test void aModelWithoutValuesIsRefused() {
        Sequential model;
        try (var _ = Torch.on(Device.META)) {
            model = new Sequential(new Linear(2, 3));
        }
        assertEquals("Trainer.fit: expected a model with values. Received one on meta; load its weights, or build it on"
                + " another device.", refusal(() -> Blobs.trainer(model).fit(Blobs.train(64, 16))));
    }

    /** A run that cannot begin leaves no folder, whatever its reason. */
    @Test void whatIsRefusedWritesNothing() {
        Path run = folder.resolve("run");
        var written = new ArrayList<Path>();
        var wrong = Blobs.trainer(Blobs.model()).earlyStopping("accurracy", 1).folder(run, written::add);
        refusal(() -> wrong.fit(Blobs.train(64, 16), Blobs.test()));
        refusal(() -> Trainer.of(Classification.of(Blobs.model(), 3)).folder(run, written::add)
                .fit(Blobs.train(64, 16)));
        assertFalse(Files.exists(run));
        assertEquals(List.of(), written);
        Blobs.trainer(Blobs.model()).folder(run, written::add).fit(Blobs.train(64, 16));
        Blobs.trainer(Blobs.model()).epochs(2).folder(run, written::add).resume().fit(Blobs.train(64, 16));
        assertEquals(List.of(run), written, "once, when the run begins");
    }

    @Test void triesLeaveEachLayersMode() {
        var model = Blobs.model();
        model.layers().get("2").eval();
        Overfit.batch(Blobs.trainer(model), Blobs.test().iterator().next(), 2);
        assertTrue(model.isTraining());
        assertFalse(model.layers().get("2").isTraining());
    }
}
