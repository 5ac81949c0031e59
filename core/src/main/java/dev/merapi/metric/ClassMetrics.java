package dev.merapi.metric;

import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Metrics that follow from the {@link ConfusionMatrix}. A value 0 / 0 counts as 0, as with scikit-learn's
 * {@code zero_division=0}.
 *
 * <pre>{@code
 * var f1 = ClassMetrics.f1(10, Average.MACRO);
 * }</pre>
 */
public final class ClassMetrics {
    private ClassMetrics() {}

    /** Hits among the predictions of a class. */
    public static Metric<Tensor, Tensor> precision(int classes, Average average) {
        return averaged("precision", classes, average, ConfusionMatrix::precision);
    }

    /** Hits among the targets of a class. */
    public static Metric<Tensor, Tensor> recall(int classes, Average average) {
        return averaged("recall", classes, average, ConfusionMatrix::recall);
    }

    /** The harmonic mean of precision and recall. */
    public static Metric<Tensor, Tensor> f1(int classes, Average average) {
        return averaged("f1", classes, average, ConfusionMatrix::f1);
    }

    /** The mean of precision and recall in which recall weighs beta times as much. */
    public static Metric<Tensor, Tensor> fBeta(int classes, double beta, Average average) {
        return averaged("f_beta", classes, average, (matrix, c) -> matrix.fBeta(c, beta));
    }

    /** The mean recall over the classes that have targets. */
    public static Metric<Tensor, Tensor> balancedAccuracy(int classes) {
        return of("balanced_accuracy", classes, matrix -> IntStream.range(0, classes)
                .filter(c -> matrix.support(c) > 0).mapToDouble(matrix::recall).average().orElse(Double.NaN));
    }

    /**
     * Matthews' correlation coefficient of predictions and targets, from -1 to 1, for any number of classes (Gorodkin,
     * "Comparing two K-category assignments by a K-category correlation coefficient", 2004).
     */
    public static Metric<Tensor, Tensor> matthews(int classes) {
        return of("matthews", classes, matrix -> {
            double total = matrix.total(), hits = 0, product = 0, targets = 0, predictions = 0;
            for (int c = 0; c < classes; c++) {
                hits += matrix.truePositives(c);
                product += (double) matrix.support(c) * matrix.predictions(c);
                targets += Math.pow(matrix.support(c), 2);
                predictions += Math.pow(matrix.predictions(c), 2);
            }
            double spread = Math.sqrt(total * total - targets) * Math.sqrt(total * total - predictions);
            return ConfusionMatrix.ratio(hits * total - product, spread);
        });
    }

    /** Cohen's kappa: agreement beyond what chance would give, at most 1; NaN if there is one class alone. */
    public static Metric<Tensor, Tensor> kappa(int classes) {
        return of("kappa", classes, matrix -> {
            double total = matrix.total(), hits = 0, chance = 0;
            for (int c = 0; c < classes; c++) {
                hits += matrix.truePositives(c) / total;
                chance += matrix.support(c) / total * (matrix.predictions(c) / total);
            }
            return (hits - chance) / (1 - chance);
        });
    }

    private interface OfClass {
        double value(ConfusionMatrix matrix, int c);
    }

    private static Metric<Tensor, Tensor> averaged(String name, int classes, Average average, OfClass metric) {
        if (average == Average.BINARY && classes != 2) {
            throw new IllegalArgumentException(name + ": expected 2 classes for Average.BINARY. Received " + classes
                    + "; choose MACRO, MICRO or WEIGHTED.");
        }
        return of(average.name(name), classes, matrix -> switch (average) {
            case BINARY -> metric.value(matrix, 1);
            // One label for each sample: what is missing in one class is too much in another, so that all are equal.
            case MICRO -> IntStream.range(0, classes).mapToLong(matrix::truePositives).sum() / (double) matrix.total();
            // scikit-learn leaves out classes that are neither target nor prediction; so do we.
            case MACRO, WEIGHTED -> {
                int[] present = IntStream.range(0, classes)
                        .filter(c -> matrix.support(c) + matrix.predictions(c) > 0).toArray();
                yield average.mean(IntStream.of(present).mapToDouble(c -> metric.value(matrix, c)).toArray(),
                        IntStream.of(present).mapToLong(matrix::support).toArray());
            }
        });
    }

    private static Metric<Tensor, Tensor> of(String name, int classes, ToDoubleFunction<ConfusionMatrix> value) {
        return new OfMatrix(name, new ConfusionMatrix(classes), value);
    }

    private record OfMatrix(String name, ConfusionMatrix matrix, ToDoubleFunction<ConfusionMatrix> of)
            implements Metric<Tensor, Tensor> {
        @Override public void update(Tensor prediction, Tensor target) { matrix.update(prediction, target); }

        @Override public double[] state() {
            return Arrays.stream(matrix.counts()).flatMapToLong(Arrays::stream).asDoubleStream().toArray();
        }

        @Override public void merge(double... state) {
            int classes = matrix.classes();
            Metric.expectState(this, classes * classes, state);
            for (int i = 0; i < state.length; i++) matrix.add(i / classes, i % classes, (long) state[i]);
        }

        @Override public double value() { return matrix.total() == 0 ? Double.NaN : of.applyAsDouble(matrix); }

        @Override public void reset() { matrix.reset(); }
    }
}
