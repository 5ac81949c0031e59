package dev.merapi.tabular.classic;

import dev.merapi.metric.Metric;
import dev.merapi.nn.Layer;
import dev.merapi.optim.Optimizer;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tabular.data.Target;
import dev.merapi.tabular.model.TableTask;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Stepper;
import dev.merapi.train.Task;
import dev.merapi.train.Trainer;
import java.util.List;
import java.util.Map;

/** Fits a {@link ClassicModel} in one step, on a batch of all rows; measured as every {@link TableTask}. */
public final class ClassicTask implements Task<TableBatch> {
    private final ClassicModel model;
    private final TableTask task;

    private ClassicTask(ClassicModel model, Target target) {
        this.model = model;
        task = TableTask.of(model, target);
    }

    /** A trainer of one epoch, whose loader gives all rows at once. */
    public static Trainer<TableBatch> trainer(ClassicModel model, Target target) {
        return Trainer.of(new ClassicTask(model, target)).optimizer("fit", _ -> new NoOptimizer()).epochs(1);
    }

    @Override public Layer model() { return model; }

    @Override public Pass step(TableBatch batch, Stepper stepper) {
        model.fit(batch);
        return forward(batch);
    }

    @Override public Pass forward(TableBatch batch) { return task.forward(batch); }

    @Override public List<Metric<?, ?>> metrics() { return task.metrics(); }

    @Override public Tensor predict(TableBatch batch) { return task.predict(batch); }

    /** As {@link TableTask#scores}. */
    public Tensor scores(TableBatch batch) { return task.scores(batch); }

    /** Of a model without parameters. */
    private static final class NoOptimizer implements Optimizer {
        @Override public Map<String, Param> params() { return Map.of(); }

        @Override public void step() { }

        @Override public double learningRate() { return 0; }

        @Override public void learningRate(double rate) { }

        @Override public Map<String, Tensor> state() { return Map.of(); }

        @Override public void load(Map<String, Tensor> saved) { }

        @Override public void close() { }
    }
}
