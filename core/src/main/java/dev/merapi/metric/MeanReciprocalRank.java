package dev.merapi.metric;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/**
 * The mean of 1 / the target's place among all by their logits, the greatest being in place 1; places are those of
 * {@link TopK}. What a search finds is measured so (Voorhees, 1999). Shapes: logits (…, C), targets (…).
 */
public final class MeanReciprocalRank implements Metric<Tensor, Tensor> {
    private double sum;
    private long count;

    @Override public String name() { return "mrr"; }

    @Override public void update(Tensor prediction, Tensor target) {
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            double[] places = TopK.places(name(), prediction, target).toDoubles();
            for (double place : places) sum += 1 / place;
            count += places.length;
        }
    }

    @Override public double[] state() { return new double[] {sum, count}; }

    @Override public void merge(double... state) {
        Metric.expectState(this, 2, state);
        sum += state[0];
        count += (long) state[1];
    }

    @Override public double value() { return count == 0 ? Double.NaN : sum / count; }

    @Override public void reset() {
        sum = 0;
        count = 0;
    }
}
