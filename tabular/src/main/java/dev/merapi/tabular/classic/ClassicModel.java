package dev.merapi.tabular.classic;

import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tabular.data.Target;
import dev.merapi.tabular.model.TableNet;
import dev.merapi.tabular.model.TableTask;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;

/**
 * A model that is fitted at once, by another library, and used as a net is: with the same batches, metrics, run folder
 * and predictions. Its state is the other library's file, as bytes.
 *
 * <pre>{@code
 * var forest = new ClassicModel(Algorithm.FOREST, preprocessing.inputs(), preprocessing.target(),
 *         ClassicOptions.DEFAULT);
 * forest.fit(preprocessing.apply(fold.train()));
 * var answers = TableTask.of(forest, preprocessing.target()).predict(preprocessing.apply(fold.test()));
 * }</pre>
 */
public final class ClassicModel extends TableNet {
    private State fitted; // (bytes) uint8; empty before the fit
    private final Algorithm algorithm;
    private final Inputs inputs;
    private final Target target;
    private final ClassicOptions options;
    private transient Fitted model; // what the state says, or null if nobody has asked yet

    public ClassicModel(Algorithm algorithm, Inputs inputs, Target target, ClassicOptions options) {
        this(algorithm, inputs, target, options, 0);
    }

    /** @param bytes that the state to be loaded has */
    public ClassicModel(Algorithm algorithm, Inputs inputs, Target target, ClassicOptions options, long bytes) {
        this.algorithm = algorithm;
        this.inputs = inputs;
        this.target = target;
        this.options = options;
        try (var _ = Scope.open()) {
            fitted = new State(Tensor.zeros(DType.UINT8, bytes));
        }
    }

    /** Fits to all rows of a batch, which has a target. A fit before is forgotten. */
    public synchronized void fit(TableBatch rows) {
        float[] targets = rows.target().to(DType.FLOAT32).toFloats();
        if (target instanceof Target.Numbers numbers) {
            for (int i = 0; i < targets.length; i++) {
                targets[i] = (float) ((targets[i] - numbers.mean()) / numbers.deviation());
            }
        }
        var next = Fitted.fit(algorithm, SparseRows.of(rows, inputs), targets, target, options);
        try (var _ = Scope.open()) {
            fitted.close();
            fitted = new State(Tensor.of(next.bytes()));
        }
        model = next;
    }

    /** @throws IllegalStateException before a fit */
    @Override public Tensor forward(TableBatch batch) {
        float[][] rows = model().outputs(SparseRows.of(batch, inputs));
        int outputs = TableTask.outputs(target);
        var flat = new float[rows.length * outputs];
        for (int i = 0; i < rows.length; i++) System.arraycopy(rows[i], 0, flat, i * outputs, outputs);
        return Tensor.of(flat, rows.length, outputs).to(batch.numbers().device());
    }

    /**
     * What each field has contributed to each output of {@link #forward}: TreeSHAP, Shapley's values by the ways
     * through the trees (Lundberg et al. 2018, arXiv:1802.03888).
     *
     * @return for each row and output, its fields in the order numbers, categories, lists, crosses, and last what they
     *     start from; they sum to the output
     * @throws UnsupportedOperationException of other algorithms than boosting
     */
    public double[][][] contributions(TableBatch batch) {
        float[][][] columns = model().contributions(SparseRows.of(batch, inputs));
        int[] fields = SparseRows.fields(inputs);
        var sums = new double[columns.length][][];
        for (int row = 0; row < columns.length; row++) {
            sums[row] = new double[columns[row].length][inputs.fields() + 1];
            for (int o = 0; o < columns[row].length; o++) {
                for (int c = 0; c < fields.length; c++) sums[row][o][fields[c]] += columns[row][o][c];
                sums[row][o][inputs.fields()] = columns[row][o][fields.length];
            }
        }
        return sums;
    }

    private synchronized Fitted model() {
        if (fitted.numel() == 0) {
            throw new IllegalStateException(path() + ": expected a model that was fitted. Received one that was not;"
                    + " call fit first.");
        }
        if (model == null) model = Fitted.load(algorithm, target, fitted.toBytes());
        return model;
    }
}
