package dev.merapi.tabular.classic;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.nio.ByteBuffer;

/**
 * Linear regression with an L2 penalty λ = 1 / (2 C) on the weights, not on the constant: (XᵀX + λ) w = Xᵀy on centred
 * columns.
 */
record Ridge(double[] weights, double constant) implements Fitted {
    static Ridge fit(SparseRows rows, float[] targets, ClassicOptions options) {
        try (var _ = Scope.open()) {
            var x = rows.dense(); // (N, W)
            var y = Tensor.of(targets).to(DType.FLOAT64).unsqueeze(1); // (N, 1)
            var means = x.mean(0);
            var centred = x.sub(means);
            double mean = y.mean().item();
            var penalty = Tensor.eye(rows.width()).to(DType.FLOAT64).mul(1 / (2 * options.c()));
            var w = centred.mT().matmul(centred).add(penalty).solve(centred.mT().matmul(y.sub(mean)));
            return new Ridge(w.flatten().toDoubles(), mean - means.dot(w.flatten()).item());
        }
    }

    @Override public float[][] outputs(SparseRows rows) {
        var outputs = new float[rows.size()][1];
        for (int row = 0; row < rows.size(); row++) {
            double sum = constant;
            for (int i = (int) rows.starts()[row]; i < rows.starts()[row + 1]; i++) {
                sum += weights[rows.columns()[i]] * rows.values()[i];
            }
            outputs[row][0] = (float) sum;
        }
        return outputs;
    }

    @Override public byte[] bytes() {
        var buffer = ByteBuffer.allocate(8 * (weights.length + 1)).putDouble(constant);
        for (double weight : weights) buffer.putDouble(weight);
        return buffer.array();
    }

    static Ridge load(byte[] bytes) {
        var buffer = ByteBuffer.wrap(bytes);
        double constant = buffer.getDouble();
        var weights = new double[bytes.length / 8 - 1];
        for (int i = 0; i < weights.length; i++) weights[i] = buffer.getDouble();
        return new Ridge(weights, constant);
    }
}
