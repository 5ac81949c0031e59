package dev.merapi.protect.robustness;

import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.stream.IntStream;

/**
 * Randomised smoothing: the class that a model gives most often to an input with Gaussian noise on it, and a radius in
 * L2 within which no change alters that answer, with a given confidence (Cohen et al. 2019, arXiv:1902.02918).
 *
 * <pre>{@code
 * var smoothed = new SmoothedClassifier(model, 0.25);
 * var answer = smoothed.certify(x.narrow(0, 0, 1), 100, 1000, 0.001);         // class 3 within 0.52
 * }</pre>
 *
 * A model answers noisy inputs well if it was trained on such.
 *
 * @param scores inputs to logits (B, classes)
 * @param sigma standard deviation of the noise, in the unit of the inputs
 * @param seed of the noise
 */
public record SmoothedClassifier(Unary scores, double sigma, long seed) {
    private static final int CHUNK = 256; // noisy inputs at a time

    public SmoothedClassifier { Expect.positive("SmoothedClassifier.sigma", sigma); }

    /** Of seed 0. */
    public SmoothedClassifier(Unary scores, double sigma) { this(scores, sigma, 0); }

    /**
     * An answer that holds.
     *
     * @param label the class; -1 where no class is the most frequent one for sure
     * @param radius of changes in L2 that do not alter it; 0 where there is none
     */
    public record Certified(int label, double radius) {}

    /**
     * The answer to one input.
     *
     * @param x (1, …)
     * @param first noisy inputs by which the class is guessed
     * @param then noisy inputs by which its frequency is estimated
     * @param alpha probability that the answer does not hold
     */
    public Certified certify(Tensor x, int first, int then, double alpha) {
        Expect.that(x.size(0) == 1, "SmoothedClassifier", "one input (1, …)", x.describe());
        Expect.that(alpha > 0 && alpha < 1, "SmoothedClassifier.alpha", "a probability between 0 and 1", alpha);
        var rng = new Rng(seed);
        long[] guess = counts(x, first, rng);
        int best = IntStream.range(0, guess.length).boxed()
                .max((a, b) -> Long.compare(guess[a], guess[b])).orElseThrow();
        double least = Binomial.lower(counts(x, then, rng)[best], then, alpha);
        return least > 0.5 ? new Certified(best, sigma * Binomial.normalQuantile(least)) : new Certified(-1, 0);
    }

    /** How often each class is given. */
    private long[] counts(Tensor x, int times, Rng rng) {
        Expect.atLeast("SmoothedClassifier.certify", 1, times);
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor counts = null;
            for (int from = 0; from < times; from += CHUNK) {
                long[] shape = x.shape();
                shape[0] = Math.min(CHUNK, times - from);
                var noise = Tensor.randn(rng, shape).to(x.device()).mul(sigma);
                var logits = scores.forward(x.add(noise));
                var some = logits.argmax(1).oneHot(logits.size(1)).sum(0);
                counts = counts == null ? some : counts.add(some);
            }
            return counts.to(DType.INT64).toLongs();
        }
    }
}
