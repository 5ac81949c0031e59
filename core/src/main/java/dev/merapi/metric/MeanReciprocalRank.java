package dev.merapi.metric;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/**
 * The mean of 1 / the target's place among all by their logits, the greatest being in place 1; places are those of
 * {@link TopK}. What a search finds is measured so (Voorhees, 1999). Shapes: logits (…, C), targets (…).
 */
public final class MeanReciprocalRank extends MeanMetric<Tensor, Tensor> {
    @Override public String name() { return "mrr"; }

    @Override public void update(Tensor prediction, Tensor target) {
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            double[] places = TopK.places(name(), prediction, target).toDoubles();
            for (double place : places) add(1 / place, 1);
        }
    }
}
