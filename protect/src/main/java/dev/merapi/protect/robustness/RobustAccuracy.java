package dev.merapi.protect.robustness;

import dev.merapi.data.Batch;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.UnaryOperator;

/**
 * The share of inputs that a model still gets right when they are attacked or corrupted.
 *
 * <pre>{@code
 * var measured = new RobustAccuracy(range.before(model), batches);            // pixels from 0 to 1
 * IO.println(measured.under(Pgd.of(Norm.L_INF, 0.1)));
 * double[] curve = measured.over(e -> Pgd.of(Norm.L_INF, e), 0, 0.02, 0.05, 0.1);
 * }</pre>
 *
 * @param scores inputs to logits (B, classes), in evaluation mode
 * @param batches inputs from 0 to 1 and their classes; the caller's to free
 */
public record RobustAccuracy(Unary scores, List<Batch> batches) {
    public RobustAccuracy {
        batches = List.copyOf(batches);
        Expect.that(!batches.isEmpty(), "RobustAccuracy", "at least one batch", "none");
    }

    /** On inputs as they are. */
    public double clean() { return of(x -> x); }

    /** On inputs that are attacked. An input that the model gets wrong anyway stays wrong. */
    public double under(Attack attack) {
        long right = 0, all = 0;
        for (var batch : batches) {
            try (var _ = Scope.open()) {
                var before = right(batch.x(), batch.y());
                var after = right(attack.perturb(scores, batch.x(), batch.y()), batch.y());
                right += before.and(after).to(DType.INT64).sum().itemLong();
                all += batch.size();
            }
        }
        return (double) right / all;
    }

    /** Under attacks of several sizes; 0 is no attack. */
    public double[] over(DoubleFunction<Attack> attack, double... epsilons) {
        return Arrays.stream(epsilons).map(e -> e == 0 ? clean() : under(attack.apply(e))).toArray();
    }

    /** On inputs corrupted. */
    public double under(Corruption corruption, int severity, long seed) {
        var rng = new Rng(seed);
        return of(x -> corruption.apply(x, severity, rng));
    }

    private double of(UnaryOperator<Tensor> change) {
        long right = 0, all = 0;
        for (var batch : batches) {
            try (var _ = Scope.open()) {
                right += right(change.apply(batch.x()), batch.y()).to(DType.INT64).sum().itemLong();
                all += batch.size();
            }
        }
        return (double) right / all;
    }

    private Tensor right(Tensor x, Tensor y) {
        try (var scope = Scope.open(); var _ = Torch.noGrad()) {
            return scope.keep(scores.forward(x).argmax(1).eq(y));
        }
    }
}
