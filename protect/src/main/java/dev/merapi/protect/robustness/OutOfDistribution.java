package dev.merapi.protect.robustness;

import dev.merapi.metric.GroupedAuc;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Scores that are low for inputs of another kind than the model was trained on. */
public final class OutOfDistribution {
    private OutOfDistribution() {}

    /** The greatest probability (B) of logits (B, classes) (Hendrycks and Gimpel 2017, arXiv:1610.02136). */
    public static Tensor maxSoftmax(Tensor logits) {
        try (var scope = Scope.open()) {
            return scope.keep(logits.softmax(1).amax(1));
        }
    }

    /** The negative free energy (B), log Σ exp of logits (B, classes) (Liu et al. 2020, arXiv:2010.03759). */
    public static Tensor energy(Tensor logits) { return logits.logSumExp(new long[] {1}, false); }

    /**
     * How well scores tell two kinds of inputs apart: the probability that one of the model's own has a higher one than
     * one from elsewhere, the area under the ROC curve.
     */
    public static double auroc(double[] own, double[] elsewhere) {
        Expect.that(own.length > 0 && elsewhere.length > 0, "OutOfDistribution.auroc", "scores of both kinds",
                own.length + " and " + elsewhere.length);
        var scores = new double[own.length + elsewhere.length];
        var positive = new boolean[scores.length];
        System.arraycopy(own, 0, scores, 0, own.length);
        System.arraycopy(elsewhere, 0, scores, own.length, elsewhere.length);
        Arrays.fill(positive, 0, own.length, true);
        return GroupedAuc.of(scores, positive, new Object[scores.length]);
    }

    /**
     * The distance of features from the nearest class, by one covariance of all classes (Lee et al. 2018,
     * arXiv:1807.03888). It owns its tensors.
     */
    public static final class Mahalanobis implements AutoCloseable {
        private static final double RIDGE = 1e-6; // of the mean variance, for features that never vary

        private final Tensor means; // (classes, D)
        private final Tensor precision; // (D, D)

        private Mahalanobis(Tensor means, Tensor precision) {
            this.means = means.owned();
            this.precision = precision.owned();
        }

        /**
         * Of the inputs that the model was trained on.
         *
         * @param features (N, D), such as what goes into the last layer
         * @param y classes (N), each at least once
         */
        public static Mahalanobis fit(Tensor features, Tensor y, int classes) {
            try (var scope = Scope.open()) {
                var x = features.detach().to(DType.FLOAT64);
                List<Tensor> means = new ArrayList<>();
                var centred = x.zerosLike();
                for (int c = 0; c < classes; c++) {
                    var mask = y.eq(c).to(DType.FLOAT64).unsqueeze(1);
                    double count = mask.sum().item();
                    Expect.that(count > 0, "Mahalanobis.fit", "inputs of each of " + classes + " classes",
                            "none of class " + c);
                    var mean = x.mul(mask).sum(0).div(count);
                    means.add(mean);
                    centred = centred.add(x.sub(mean).mul(mask));
                }
                var covariance = centred.mT().matmul(centred).div(x.size(0));
                double ridge = Math.max(covariance.trace().item() / x.size(1), Double.MIN_NORMAL) * RIDGE;
                var eye = Tensor.eye(x.size(1)).to(DType.FLOAT64).to(x.device());
                var precision = covariance.add(eye.mul(ridge)).inverse();
                return new Mahalanobis(scope.keep(Tensor.stack(means, 0)), scope.keep(precision));
            }
        }

        /** The negative squared distance (B) of features (B, D) from the nearest mean. */
        public Tensor score(Tensor features) {
            try (var scope = Scope.open()) {
                var away = features.detach().to(DType.FLOAT64).unsqueeze(1).sub(means.unsqueeze(0)); // (B, classes, D)
                return scope.keep(away.matmul(precision).mul(away).sum(2).amin(1).neg());
            }
        }

        @Override public void close() {
            means.close();
            precision.close();
        }
    }
}
