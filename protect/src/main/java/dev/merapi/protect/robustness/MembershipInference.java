package dev.merapi.protect.robustness;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/**
 * Whether a model tells which examples it was trained on: scores that are higher for those. Neither way needs another
 * model.
 *
 * <pre>{@code
 * var members = MembershipInference.lossScores(trained.logits(), trained.y());
 * var others = MembershipInference.lossScores(unseen.logits(), unseen.y());
 * IO.println(MembershipInference.Found.of(members, others));                  // AUC 0.631, 4.2 % found at 1 % false
 * }</pre>
 */
public final class MembershipInference {
    private MembershipInference() {}

    /**
     * How well members are found.
     *
     * @param auc probability that a member has a higher score than another; 0.5 tells nothing
     * @param foundAtOnePercent share of members above all but 1 % of the others
     */
    public record Found(double auc, double foundAtOnePercent) {
        /** Of scores of members and of others. */
        public static Found of(double[] members, double[] others) {
            double auc = OutOfDistribution.auroc(members, others);
            double[] sorted = others.clone();
            Arrays.sort(sorted);
            double threshold = sorted[sorted.length - 1 - (int) Math.floor(.01 * sorted.length)];
            return new Found(auc, (double) Arrays.stream(members).filter(s -> s > threshold).count() / members.length);
        }

        @Override public String toString() {
            return "AUC %.3f, %.1f %% found at 1 %% false".formatted(auc, 100 * foundAtOnePercent);
        }
    }

    /**
     * Negative losses: the threshold attack of Yeom et al. (2018, arXiv:1709.01604).
     *
     * @param logits (N, classes)
     * @param y classes (N)
     */
    public static double[] lossScores(Tensor logits, Tensor y) {
        try (var _ = Scope.open()) {
            return AttackLoss.CROSS_ENTROPY.each(logits.detach(), y).neg().to(DType.FLOAT64).toDoubles();
        }
    }

    /**
     * Likelihood ratios in the manner of LiRA (Carlini et al. 2022, arXiv:2112.03570) without shadow models: log p / (1
     * − p) of the true class, by how far it is above that of examples of the same class that are surely no
     * members, in deviations.
     *
     * @param logits (N, classes)
     * @param y classes (N)
     * @param reference logits of examples that are no members, others than those that are scored
     * @param referenceY their classes, each at least twice
     */
    public static double[] likelihoodScores(Tensor logits, Tensor y, Tensor reference, Tensor referenceY) {
        double[] scores = logitOfTruth(logits, y), known = logitOfTruth(reference, referenceY);
        long[] classes = y.toLongs(), knownClasses = referenceY.toLongs();
        int count = (int) logits.size(1);
        var mean = new double[count];
        var square = new double[count];
        var seen = new long[count];
        for (int i = 0; i < known.length; i++) {
            int c = (int) knownClasses[i];
            seen[c]++;
            mean[c] += known[i];
            square[c] += known[i] * known[i];
        }
        for (int i = 0; i < scores.length; i++) {
            int c = (int) classes[i];
            Expect.that(seen[c] > 1, "MembershipInference.likelihoodScores",
                    "at least two examples of class " + c + " that are no members", seen[c]);
            double middle = mean[c] / seen[c];
            double variance = Math.max(square[c] / seen[c] - middle * middle, 1e-12);
            scores[i] = (scores[i] - middle) / Math.sqrt(variance);
        }
        return scores;
    }

    /** log p / (1 − p), computed from logits so that it is finite for probabilities of nearly 1. */
    private static double[] logitOfTruth(Tensor logits, Tensor y) {
        try (var _ = Scope.open()) {
            var precise = logits.detach().to(DType.FLOAT64);
            var truth = precise.gather(1, y.unsqueeze(1)).squeeze(1);
            var others = precise.maskedFill(y.oneHot(logits.size(1)).ne(0), Double.NEGATIVE_INFINITY);
            return truth.sub(others.logSumExp(new long[] {1}, false)).toDoubles();
        }
    }
}
