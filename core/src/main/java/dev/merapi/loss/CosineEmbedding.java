package dev.merapi.loss;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/**
 * Turns like pairs to one direction and unlike ones apart: 1 − cos(a, b) where y = 1, max(0, cos(a, b) − margin) where
 * y = -1, averaged. As {@code torch.nn.CosineEmbeddingLoss}.
 *
 * @param margin in [-1, 1]; 0 to 0.5 is usual
 */
public record CosineEmbedding(double margin) {
    public CosineEmbedding {
        Expect.that(margin >= -1 && margin <= 1, "CosineEmbedding.margin", "a number from -1 to 1", margin);
    }

    /** Shapes: a and b (B, D), y (B) of 1 and -1. */
    public Tensor forward(Tensor a, Tensor b, Tensor y) {
        Targets.sameShape(a, b, "CosineEmbedding");
        if (a.rank() > 0 && !Arrays.equals(y.shape(), Arrays.copyOf(a.shape(), a.rank() - 1))) {
            throw new IllegalArgumentException("CosineEmbedding: expected one y for each pair of vectors "
                    + Shapes.toString(a.shape()) + ". Received " + Shapes.toString(y.shape()));
        }
        return Tensor.call("cosine_embedding_loss", "", a, b, y, margin, Reduction.MEAN);
    }
}
