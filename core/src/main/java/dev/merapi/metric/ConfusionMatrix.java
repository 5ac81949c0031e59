package dev.merapi.metric;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How often each class was predicted for each target, and what follows from that for single classes; the averages over
 * classes are in {@link ClassMetrics}. A value 0 / 0, such as the precision of a class that was never predicted, is 0.
 *
 * <pre>{@code
 * var matrix = new ConfusionMatrix(10);
 * for (var batch : test) matrix.update(model.forward(batch.x()), batch.y());
 * IO.println(matrix);
 * IO.println(matrix.recall(3));
 * }</pre>
 */
public final class ConfusionMatrix {
    private final long[][] counts; // [target][prediction]

    /** @throws IllegalArgumentException for fewer than 2 classes */
    public ConfusionMatrix(int classes) {
        Expect.atLeast("ConfusionMatrix.classes", 2, classes);
        counts = new long[classes][classes];
    }

    /**
     * Takes in a batch. Shapes: logits (…, C), or (…) for two classes, targets (…); targets of -100 do not count.
     *
     * @throws IllegalArgumentException for a class out of range
     */
    public void update(Tensor prediction, Tensor target) {
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            var batch = Labels.of("confusion_matrix", prediction, target, Labels.IGNORE);
            long[] predicted = batch.predicted().toLongs();
            long[] labels = batch.labels().toLongs();
            for (long[] all : List.of(predicted, labels)) {
                for (long label : all) check(label);
            }
            for (int i = 0; i < labels.length; i++) counts[(int) labels[i]][(int) predicted[i]]++;
        }
    }

    private void check(long label) {
        if (label < 0 || label >= counts.length) {
            throw new IllegalArgumentException("confusion_matrix: expected classes from 0 to " + (counts.length - 1)
                    + ". Received " + label);
        }
    }

    /**
     * Takes in all that another has counted.
     *
     * @throws IllegalArgumentException if it has another number of classes
     */
    public void merge(ConfusionMatrix other) {
        if (other.counts.length != counts.length) {
            throw new IllegalArgumentException("confusion_matrix: expected " + counts.length + " classes. Received "
                    + other.counts.length);
        }
        for (int t = 0; t < counts.length; t++) {
            for (int p = 0; p < counts.length; p++) counts[t][p] += other.counts[t][p];
        }
    }

    /** Takes in some of one kind. */
    void add(int target, int prediction, long times) { counts[target][prediction] += times; }

    /** Forgets what was counted. */
    public void reset() { for (long[] row : counts) Arrays.fill(row, 0); }

    /** Number of classes. */
    public int classes() { return counts.length; }

    /** A copy of the counts: a row for each target, a column for each prediction. */
    public long[][] counts() { return Arrays.stream(counts).map(long[]::clone).toArray(long[][]::new); }

    /** Number of targets. */
    public long total() { return LongStream.range(0, counts.length).map(c -> support((int) c)).sum(); }

    /** Number of targets of class c. */
    public long support(int c) { return Arrays.stream(counts[c]).sum(); }

    /** Number of predictions of class c. */
    public long predictions(int c) { return Arrays.stream(counts).mapToLong(row -> row[c]).sum(); }

    /** Number of targets of class c that were predicted as such. */
    public long truePositives(int c) { return counts[c][c]; }

    /** The share of true positives among the predictions of class c. */
    public double precision(int c) { return ratio(truePositives(c), predictions(c)); }

    /** The share of true positives among the targets of class c. */
    public double recall(int c) { return ratio(truePositives(c), support(c)); }

    /** The harmonic mean of precision and recall of class c. */
    public double f1(int c) { return fBeta(c, 1); }

    /** The mean of precision and recall of class c in which recall weighs beta times as much. */
    public double fBeta(int c, double beta) {
        double b = beta * beta;
        return ratio((1 + b) * truePositives(c), b * support(c) + predictions(c));
    }

    static double ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }

    /** A table with a row for each target and a column for each prediction, classes by number. */
    @Override public String toString() {
        return toString(IntStream.range(0, counts.length).mapToObj(Integer::toString).toList());
    }

    /** A table with a row for each target, a column for each prediction, and the row's recall. */
    public String toString(List<String> names) {
        if (names.size() != counts.length) {
            throw new IllegalArgumentException("ConfusionMatrix.toString: expected " + counts.length
                    + " names. Received " + names.size());
        }
        String corner = "target \\ predicted";
        int first = Math.max(corner.length(), names.stream().mapToInt(String::length).max().getAsInt());
        int width = IntStream.concat(names.stream().mapToInt(String::length),
                Arrays.stream(counts).flatMapToLong(Arrays::stream).mapToInt(n -> Long.toString(n).length()))
                .max().getAsInt();
        var text = new StringBuilder(pad(corner, first, false));
        for (String name : names) text.append("  ").append(pad(name, width, true));
        text.append("  recall\n");
        for (int t = 0; t < counts.length; t++) {
            text.append(pad(names.get(t), first, false));
            for (long count : counts[t]) text.append("  ").append(pad(Long.toString(count), width, true));
            text.append(String.format(Locale.ROOT, "  %6.3f\n", recall(t)));
        }
        return text.toString();
    }

    private static String pad(String text, int width, boolean left) {
        String spaces = " ".repeat(width - text.length());
        return left ? spaces + text : text + spaces;
    }
}
