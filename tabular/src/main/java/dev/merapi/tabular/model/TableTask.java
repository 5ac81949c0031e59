package dev.merapi.tabular.model;

import dev.merapi.loss.BceWithLogits;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.loss.Loss;
import dev.merapi.loss.Mse;
import dev.merapi.metric.Accuracy;
import dev.merapi.metric.Calibration;
import dev.merapi.metric.LogLoss;
import dev.merapi.metric.Metric;
import dev.merapi.metric.RankingMetric;
import dev.merapi.metric.RegressionMetrics;
import dev.merapi.nn.Layer;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tabular.data.Target;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.List;

/**
 * Trains a model to predict a table's target.
 *
 * <table><caption>By the target</caption>
 * <tr><th></th><th>outputs</th><th>loss</th><th>metrics</th></tr>
 * <tr><td>two classes</td><td>1: the score of the second</td><td>binary cross-entropy</td>
 * <td>{@code accuracy}, {@code roc_auc}, {@code log_loss}, {@code calibration_error}</td></tr>
 * <tr><td>more classes</td><td>one for each</td><td>cross-entropy</td>
 * <td>{@code accuracy}, {@code log_loss}</td></tr>
 * <tr><td>a number</td><td>1, which the target's mean and deviation scale</td><td>squared error of the scaled</td>
 * <td>{@code rmse}, {@code mae}, {@code r2}, in the target's unit</td></tr>
 * </table>
 *
 * {@link #predict} gives the probabilities of all classes (B, classes), or numbers (B) in the target's unit.
 */
public final class TableTask implements Task<TableBatch> {
    private final TableNet model;
    private final Target target;
    private final Loss loss;

    private TableTask(TableNet model, Target target, Loss loss) {
        this.model = model;
        this.target = target;
        this.loss = loss;
    }

    /** @param model with {@link #outputs} outputs */
    public static TableTask of(TableNet model, Target target) {
        return of(model, target, switch (target) {
            case Target.Numbers _ -> new Mse();
            case Target.Classes classes -> classes.labels().size() == 2 ? new BceWithLogits() : new CrossEntropy();
        });
    }

    /**
     * With another loss, such as one with class weights.
     *
     * @param loss of two classes, takes scores (B) and targets 0 or 1 (B), both float32; of more, scores (B, classes)
     *     and class indices (B); of numbers, both scaled (B)
     */
    public static TableTask of(TableNet model, Target target, Loss loss) { return new TableTask(model, target, loss); }

    /** How many outputs a model of a target has. */
    public static int outputs(Target target) {
        return target instanceof Target.Classes classes && classes.labels().size() > 2 ? classes.labels().size() : 1;
    }

    @Override public Layer model() { return model; }

    @Override public List<Metric<?, ?>> metrics() { return metrics(target); }

    /** Those that every model of a target is measured by, from scores or numbers. */
    public static List<Metric<?, ?>> metrics(Target target) {
        return switch (target) {
            case Target.Numbers _ -> List.of(RegressionMetrics.rmse(), RegressionMetrics.mae(), RegressionMetrics.r2());
            case Target.Classes classes when classes.labels().size() == 2 ->
                List.of(new Accuracy(), RankingMetric.rocAuc(), new LogLoss(), new Calibration());
            case Target.Classes _ -> List.of(new Accuracy(), new LogLoss());
        };
    }

    @Override public Pass forward(TableBatch batch) {
        var output = output(batch);
        return switch (target) {
            case Target.Numbers numbers -> {
                var scaled = batch.target().sub(numbers.mean()).div(numbers.deviation());
                yield new Pass(loss.forward(output, scaled), loss.weight(output, scaled), unscaled(output, numbers),
                        batch.target());
            }
            case Target.Classes classes -> {
                var expected = classes.labels().size() == 2 ? batch.target().to(DType.FLOAT32) : batch.target();
                yield new Pass(loss.forward(output, expected), loss.weight(output, expected), output, batch.target());
            }
        };
    }

    /** (B) of one output, else (B, outputs). */
    private Tensor output(TableBatch batch) {
        var output = model.forward(batch);
        int outputs = outputs(target);
        if (output.rank() != 2 || output.size(1) != outputs) {
            throw new IllegalArgumentException("TableTask: expected the model to give (B, " + outputs + ") for the"
                    + " target " + target.column() + ". Received " + output.describe() + "; build it with"
                    + " TableTask.outputs(target).");
        }
        return outputs == 1 ? output.squeeze(1) : output;
    }

    private static Tensor unscaled(Tensor output, Target.Numbers numbers) {
        return output.mul(numbers.deviation()).add(numbers.mean());
    }

    /**
     * What the model gives before a softmax: the scores (B, classes), of two classes -s and s where s is the score of
     * the second, or numbers (B, 1) in the target's unit.
     */
    public Tensor scores(TableBatch batch) {
        var output = output(batch);
        return switch (target) {
            case Target.Numbers numbers -> unscaled(output, numbers).unsqueeze(1);
            case Target.Classes classes when classes.labels().size() == 2 ->
                Tensor.stack(List.of(output.neg(), output), 1);
            case Target.Classes _ -> output;
        };
    }

    @Override public Tensor predict(TableBatch batch) {
        var output = output(batch);
        return switch (target) {
            case Target.Numbers numbers -> unscaled(output, numbers);
            case Target.Classes classes when classes.labels().size() == 2 -> {
                var p = output.sigmoid();
                yield Tensor.stack(List.of(p.rsub(1), p), 1);
            }
            case Target.Classes _ -> output.softmax(-1);
        };
    }
}
