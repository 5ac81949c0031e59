package dev.merapi.vision.embed;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;

/**
 * The triplet loss with the hardest triplets of a batch: for each vector, the farthest of its own class is to be nearer
 * than the nearest of another, by a margin (Hermans et al. 2017, "In Defense of the Triplet Loss for Person
 * Re-Identification", arXiv:1703.07737). Batches have to hold several of each of several classes, as those of
 * {@link dev.merapi.data.Sampler#byClass}.
 *
 * @param margin in the distance of vectors of length 1, which is up to 2
 */
public record BatchHard(double margin) {
    private static final double NEAREST = 1e-12; // squared distance: its root has no slope at 0

    public BatchHard {
        Expect.positive("BatchHard.margin", margin);
    }

    /**
     * The mean of max(0, farthest − nearest + margin) over those that have both; 0 if none has.
     *
     * @param vectors (N, width)
     * @param labels (N), integers
     */
    public Tensor forward(Tensor vectors, Tensor labels) {
        long n = labels.size(0);
        Expect.that(vectors.rank() == 2 && vectors.size(0) == n, "BatchHard", "vectors (N, width) for labels (N)",
                vectors.describe() + " and " + labels.describe());
        var squares = vectors.square().sum(new long[] {1}, true);
        var distances = squares.add(squares.transpose(0, 1)).sub(vectors.matmul(vectors.transpose(0, 1)).mul(2))
                .clamp(NEAREST, null).sqrt(); // (N, N)
        var ids = labels.newArange(n);
        var self = ids.unsqueeze(0).eq(ids.unsqueeze(1));
        var same = labels.unsqueeze(0).eq(labels.unsqueeze(1));
        var own = same.and(self.not());
        var farthest = distances.maskedFill(own.not(), Double.NEGATIVE_INFINITY).amax(1);
        var nearest = distances.maskedFill(same, Double.POSITIVE_INFINITY).amin(1);
        var harder = farthest.sub(nearest).add(margin).relu(); // 0 where there is none: -∞
        var counted = own.to(vectors.dtype()).amax(1).mul(same.not().to(vectors.dtype()).amax(1));
        return harder.sum().div(counted.sum().clamp(1, null));
    }
}
