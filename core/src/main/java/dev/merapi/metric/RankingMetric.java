package dev.merapi.metric;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Metrics of how well scores rank positives above negatives, whatever the threshold. Of two classes, class 1 is ranked
 * against class 0: by the one logit, or by the difference of the two. Of more, each class is ranked against the rest,
 * and the values are averaged: by its log-odds log p - log(1 - p), which rank as its probability p does, but tell
 * predictions apart whose p is rounded to 1.
 *
 * <p>They keep every score (8 bytes for each sample, and for each class of more than two) until {@link #reset}. A value
 * that is undefined is NaN: with targets of one class alone, or without a class in more than two (where scikit-learn
 * warns, or throws), and with predictions that are NaN.
 */
public final class RankingMetric implements Metric<Tensor, Tensor> {
    private final String name;
    private final Average average;
    private final Predictions predictions;
    private final ToDoubleFunction<Ranking> measure;
    private final ArrayList<double[]> scores = new ArrayList<>(); // of each batch: (n, classes), of two (n) for class 1
    private final ArrayList<long[]> labels = new ArrayList<>();
    private int classes; // 0: not known yet

    private RankingMetric(String name, Average average, Predictions predictions, ToDoubleFunction<Ranking> measure) {
        if (average != Average.MACRO && average != Average.WEIGHTED) {
            throw new IllegalArgumentException(name + ": expected Average.MACRO or WEIGHTED. Received " + average);
        }
        this.name = name;
        this.average = average;
        this.predictions = predictions;
        this.measure = measure;
    }

    /**
     * Area under the receiver operating characteristic: the probability that a positive ranks above a negative, ties
     * counting half. Shapes: logits (…) and targets 0 or 1 (…), or logits (…, C) and targets (…).
     */
    public static RankingMetric rocAuc() { return rocAuc(Average.MACRO, Predictions.LOGITS); }

    /** As {@link #rocAuc()}; the average is that of more than two classes. */
    public static RankingMetric rocAuc(Average average, Predictions predictions) {
        return new RankingMetric("roc_auc", average, predictions, Ranking::rocAuc);
    }

    /**
     * Area under the precision-recall curve as the sum Σ (Rₙ - Rₙ₋₁) Pₙ over thresholds, without interpolation. Shapes
     * as {@link #rocAuc()}.
     */
    public static RankingMetric averagePrecision() { return averagePrecision(Average.MACRO, Predictions.LOGITS); }

    /** As {@link #averagePrecision()}; the average is that of more than two classes. */
    public static RankingMetric averagePrecision(Average average, Predictions predictions) {
        return new RankingMetric("average_precision", average, predictions, Ranking::averagePrecision);
    }

    @Override public String name() { return name; }

    @Override public void update(Tensor prediction, Tensor target) {
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            var batch = Labels.of(name, prediction, target, Labels.IGNORE).inRange(name);
            int width = batch.classes();
            expectClasses(width, prediction.describe());
            var x = batch.prediction().to(DType.FLOAT64);
            scores.add((batch.binary() ? x : predictions.scores(x)).toDoubles());
            labels.add(batch.labels().toLongs());
        }
    }

    private void expectClasses(int width, String received) {
        if (classes != 0 && classes != width) {
            throw new IllegalArgumentException(name + ": expected predictions of " + classes
                    + " classes, as before. Received " + received);
        }
        classes = width;
    }

    /** The number of classes, labels, and scores; nothing before the first batch. */
    @Override public double[] state() {
        if (classes == 0) return new double[0];
        return DoubleStream.concat(DoubleStream.concat(DoubleStream.of(classes),
                labels.stream().flatMapToLong(Arrays::stream).asDoubleStream()),
                scores.stream().flatMapToDouble(Arrays::stream)).toArray();
    }

    @Override public void merge(double... state) {
        if (state.length == 0) return;
        expectClasses((int) state[0], "a " + name + " of " + (int) state[0]);
        int columns = classes == 2 ? 1 : classes;
        int n = (state.length - 1) / (1 + columns);
        Metric.expectState(this, 1 + n * (1 + columns), state);
        labels.add(Arrays.stream(state, 1, 1 + n).mapToLong(label -> (long) label).toArray());
        scores.add(Arrays.copyOfRange(state, 1 + n, state.length));
    }

    @Override public double value() {
        if (labels.stream().allMatch(batch -> batch.length == 0) || hasNan()) return Double.NaN;
        if (classes == 2) return measure.applyAsDouble(ranking(1));
        var values = IntStream.range(0, classes).mapToDouble(c -> measure.applyAsDouble(ranking(c))).toArray();
        if (Arrays.stream(values).anyMatch(Double::isNaN)) return Double.NaN;
        return average.mean(values, IntStream.range(0, classes).mapToLong(this::targets).toArray());
    }

    /** False positive rate and true positive rate, of class 1 of two, from (0, 0) to (1, 1). */
    public Curve roc() { return roc(1); }

    /** False positive rate and true positive rate of class c against the rest. */
    public Curve roc(int c) { return ranking(c).roc(); }

    /** Recall and precision, of class 1 of two, from recall 1 to 0. */
    public Curve precisionRecall() { return precisionRecall(1); }

    /** Recall and precision of class c against the rest. */
    public Curve precisionRecall(int c) { return ranking(c).precisionRecall(); }

    @Override public void reset() {
        scores.clear();
        labels.clear();
        classes = 0;
    }

    private boolean hasNan() { return scores.stream().flatMapToDouble(Arrays::stream).anyMatch(Double::isNaN); }

    private long targets(int c) { return labels.stream().flatMapToLong(Arrays::stream).filter(l -> l == c).count(); }

    private Ranking ranking(int c) {
        if (c < 0 || c >= classes) {
            throw new IllegalArgumentException(name + ": expected a class of "
                    + (classes == 0 ? "predictions taken in; there are none" : classes) + ". Received " + c);
        }
        int n = labels.stream().mapToInt(batch -> batch.length).sum();
        var score = new double[n];
        var positive = new boolean[n];
        int filled = 0;
        for (int b = 0; b < labels.size(); b++) {
            for (int i = 0; i < labels.get(b).length; i++) {
                score[filled] = classes > 2 ? scores.get(b)[i * classes + c]
                        : c == 1 ? scores.get(b)[i] : -scores.get(b)[i];
                positive[filled++] = labels.get(b)[i] == c;
            }
        }
        return Ranking.of(score, positive);
    }
}
