package dev.merapi.loss;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;

/**
 * Triplet loss: max(0, d(anchor, positive) − d(anchor, negative) + margin), averaged, with the p-norm of differences as
 * d. As {@code torch.nn.TripletMarginLoss}.
 *
 * @param margin above 0
 * @param order p, at least 1
 * @param swap use the positive as the anchor where the negative is nearer to it (Balntas et al. 2016)
 */
public record Triplet(double margin, double order, boolean swap) {
    public Triplet {
        Expect.positive("Triplet.margin", margin);
        Expect.that(order >= 1, "Triplet.order", "at least 1", order);
    }

    /** Euclidean distance, without swapping. */
    public Triplet(double margin) { this(margin, 2, false); }

    /** Shapes: (B, D) each. */
    public Tensor forward(Tensor anchor, Tensor positive, Tensor negative) {
        Targets.sameShape(anchor, positive, "Triplet");
        Targets.sameShape(anchor, negative, "Triplet");
        return Tensor.call("triplet_margin_loss", "", anchor, positive, negative, margin, order, 1e-6, swap,
                Reduction.MEAN);
    }
}
