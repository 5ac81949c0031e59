package dev.merapi.data;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Divides a data set at random, the same way for the same seed.
 *
 * <pre>{@code
 * var parts = Split.random(data, 1337, 0.8, 0.1, 0.1);
 * for (var fold : Split.kFold(data, 5, 1337)) cross(fold.train(), fold.test());
 * }</pre>
 *
 * The parts are views: a sample is read when it is asked for.
 */
public final class Split {
    private Split() {}

    /** A division into what is trained on and what is held out. */
    public record Fold<E>(Dataset<E> train, Dataset<E> test) {}

    /**
     * Parts of the given fractions, which sum to 1. Sizes are rounded so that every sample is in one part.
     *
     * @throws IllegalArgumentException if a fraction is not above 0, they do not sum to 1, or a part would be empty
     */
    public static <E> List<Dataset<E>> random(Dataset<E> data, long seed, double... fractions) {
        check(fractions);
        int[] all = Seeds.shuffle(IntStream.range(0, data.size()).toArray(), Seeds.random(seed, Seeds.SPLIT));
        return parts(data, divide(List.of(all), fractions), fractions);
    }

    /**
     * As {@link #random}, with each class divided by the fractions on its own.
     *
     * @param labels the class of each sample, see {@link #labels}
     */
    public static <E> List<Dataset<E>> stratified(Dataset<E> data, int[] labels, long seed, double... fractions) {
        check(fractions);
        checkLabels(data, labels);
        return parts(data, divide(shuffledClasses(labels, seed), fractions), fractions);
    }

    /**
     * {@code folds} divisions, in which every sample is held out once. Sizes of the held-out parts differ by one at
     * most.
     *
     * @throws IllegalArgumentException unless there are at least 2 folds and a sample for each
     */
    public static <E> List<Fold<E>> kFold(Dataset<E> data, int folds, long seed) {
        if (folds < 2 || folds > data.size()) {
            throw new IllegalArgumentException("Split.kFold: expected from 2 folds to one for each of the "
                    + data.size() + " samples. Received " + folds);
        }
        int[] all = Seeds.shuffle(IntStream.range(0, data.size()).toArray(), Seeds.random(seed, Seeds.SPLIT));
        return folds(data, List.of(all), folds);
    }

    /**
     * As {@link #kFold}, with each class spread evenly over the folds.
     *
     * @param labels the class of each sample, see {@link #labels}
     * @throws IllegalArgumentException if a class has fewer samples than there are folds
     */
    public static <E> List<Fold<E>> stratifiedKFold(Dataset<E> data, int[] labels, int folds, long seed) {
        checkLabels(data, labels);
        Expect.atLeast("Split.stratifiedKFold.folds", 2, folds);
        var classes = shuffledClasses(labels, seed);
        for (int[] members : classes) {
            if (members.length < folds) {
                throw new IllegalArgumentException("Split.stratifiedKFold: expected at least " + folds
                        + " samples of each class, one for each fold. Received " + members.length + " of class "
                        + labels[members[0]] + "; use fewer folds, or leave the class out.");
            }
        }
        return folds(data, classes, folds);
    }

    /** The class of each sample, by a function of the sample. Reads every sample once. */
    public static <E> int[] labels(Dataset<E> data, ToIntFunction<? super E> label) {
        return IntStream.range(0, data.size()).map(i -> {
            try (var _ = Scope.open()) {
                return label.applyAsInt(data.get(i));
            }
        }).toArray();
    }

    private static void checkLabels(Dataset<?> data, int[] labels) {
        if (labels.length != data.size()) {
            throw new IllegalArgumentException("Split: expected a label for each of the " + data.size()
                    + " samples. Received " + labels.length);
        }
    }

    private static List<int[]> shuffledClasses(int[] labels, long seed) {
        var random = Seeds.random(seed, Seeds.SPLIT);
        return Classes.positions(labels).stream().map(members -> Seeds.shuffle(members, random)).toList();
    }

    private static void check(double[] fractions) {
        double sum = Arrays.stream(fractions).sum();
        boolean positive = Arrays.stream(fractions).allMatch(f -> f > 0);
        if (!positive || Math.abs(sum - 1) > 1e-6) {
            throw new IllegalArgumentException("Split: expected fractions above 0 that sum to 1. Received "
                    + Arrays.toString(fractions) + ", which sum to " + sum);
        }
    }

    /** Cuts each group at the cumulated fractions, and joins the groups' first pieces, second pieces, … */
    private static List<int[]> divide(List<int[]> groups, double[] fractions) {
        var parts = new ArrayList<int[]>();
        double from = 0;
        for (double fraction : fractions) {
            double start = from, end = from + fraction;
            parts.add(join(groups.stream()
                    .map(g -> Arrays.copyOfRange(g, (int) Math.round(start * g.length),
                            (int) Math.round(end * g.length))).toList()));
            from = end;
        }
        return parts;
    }

    private static <E> List<Dataset<E>> parts(Dataset<E> data, List<int[]> parts, double[] fractions) {
        for (int i = 0; i < fractions.length; i++) {
            if (parts.get(i).length == 0) {
                throw new IllegalArgumentException("Split: expected samples enough for every part. Received "
                        + data.size() + ", of which the fraction " + fractions[i] + " gets none");
            }
        }
        return parts.stream().map(data::subset).toList();
    }

    /** Deals the groups out like cards, one after the other, so that folds differ by one sample at most. */
    private static <E> List<Fold<E>> folds(Dataset<E> data, List<int[]> groups, int count) {
        int[] dealt = join(groups);
        var folds = new ArrayList<Fold<E>>();
        for (int fold = 0; fold < count; fold++) {
            int held = fold;
            int[] test = IntStream.range(0, dealt.length).filter(i -> i % count == held).map(i -> dealt[i]).toArray();
            int[] train = IntStream.range(0, dealt.length).filter(i -> i % count != held).map(i -> dealt[i]).toArray();
            folds.add(new Fold<>(data.subset(train), data.subset(test)));
        }
        return folds;
    }

    private static int[] join(List<int[]> pieces) { return pieces.stream().flatMapToInt(Arrays::stream).toArray(); }
}
