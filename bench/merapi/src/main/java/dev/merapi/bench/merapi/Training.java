package dev.merapi.bench.merapi;

import dev.merapi.bench.Batches;
import dev.merapi.bench.Step;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.loss.Loss;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.optim.Adam;
import dev.merapi.optim.Optimizer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;

/** A classifier's training step: forward, cross-entropy, backward, Adam. */
record Training(Unary model, Loss crossEntropy, Optimizer adam, Batches<Tensor, Tensor> batches) implements Step {
    private static final int CLASSES = 10;

    /** On images (batch, 3, 32, 32), laid out channels last, as Merapi's loaders give them. */
    static <M extends Layer & Unary> Step images(M model, int batch) {
        return of(model, new Batches<>(
                seed -> Tensor.of(Batches.normal(seed, batch * 3 * 32 * 32), batch, 3, 32, 32).channelsLast(),
                seed -> integers(seed, batch, CLASSES)));
    }

    /** On sequences of tokens (batch, length). */
    static <M extends Layer & Unary> Step tokens(M model, int batch, int length, int vocabulary) {
        return of(model, new Batches<>(
                seed -> integers(seed, batch * length, vocabulary).view(batch, length),
                seed -> integers(seed, batch, CLASSES)));
    }

    private static <M extends Layer & Unary> Step of(M model, Batches<Tensor, Tensor> batches) {
        return new Training(model, new CrossEntropy(), new Adam(model, 1e-3), batches);
    }

    private static Tensor integers(int seed, int count, int bound) {
        return Tensor.of(Batches.integers(seed, count, bound)).to(DType.INT64);
    }

    @Override public double run() {
        batches.next();
        try (var _ = Scope.open()) {
            Tensor loss = crossEntropy.forward(model.forward(batches.inputs()), batches.labels());
            adam.zeroGrad();
            loss.backward();
            adam.step();
            return loss.item();
        }
    }
}
