package dev.merapi.loss;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;

/**
 * Ranks pairs of scores: max(0, −y (a − b) + margin), averaged; y = 1 where a should be the higher, -1 where b should.
 * As {@code torch.nn.MarginRankingLoss}.
 *
 * @param margin how far apart is far enough
 */
public record MarginRanking(double margin) {
    public MarginRanking {
        Expect.atLeast("MarginRanking.margin", 0, margin);
    }

    /** All of one shape, y of 1 and -1. */
    public Tensor forward(Tensor a, Tensor b, Tensor y) {
        Targets.sameShape(a, b, "MarginRanking");
        Targets.sameShape(a, y, "MarginRanking");
        return Tensor.call("margin_ranking_loss", "", a, b, y, margin, Reduction.MEAN);
    }
}
