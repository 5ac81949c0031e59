package dev.merapi.protect.fairness;

import dev.merapi.tensor.Expect;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * A threshold of the score for each group, by which rates become equal (Hardt et al. 2016, arXiv:1610.02413).
 *
 * <pre>{@code
 * var fair = GroupThresholds.fit(scores, good, sexes, GroupThresholds.Equal.TRUE_POSITIVES);
 * boolean[] answers = fair.answers(laterScores, laterSexes);
 * }</pre>
 *
 * @param thresholds by group: a score that is at least so high is answered positively
 */
public record GroupThresholds(Map<String, Double> thresholds) {
    /** What is made equal. */
    public enum Equal {
        /** The share of positive answers: statistical parity. */
        ANSWERS,
        /** The true positive rate: equal opportunity. */
        TRUE_POSITIVES
    }

    public GroupThresholds { thresholds = Map.copyOf(thresholds); }

    /**
     * The thresholds of the highest accuracy among those with nearly equal rates: for each rate from 0 to 1, in
     * hundredths, each group takes the threshold that comes nearest to it.
     *
     * @throws IllegalArgumentException if a group has no positive row, and their rate is to be equal
     */
    public static GroupThresholds fit(double[] scores, boolean[] truth, String[] groups, Equal equal) {
        Rows.check("GroupThresholds", scores.length, truth.length, groups.length);
        GroupThresholds best = null;
        double highest = -1;
        for (int percent = 0; percent <= 100; percent++) {
            var thresholds = new LinkedHashMap<String, Double>();
            for (String group : Rows.names(groups)) {
                int[] rows = Rows.of(groups, group);
                int[] counted = equal == Equal.ANSWERS ? rows
                        : Arrays.stream(rows).filter(row -> truth[row]).toArray();
                Expect.that(counted.length > 0, "GroupThresholds", "at least one positive row in each group",
                        "none of " + group);
                thresholds.put(group, quantile(scores, percent / 100.0, counted));
            }
            var some = new GroupThresholds(thresholds);
            double accuracy = some.accuracy(scores, truth, groups);
            if (accuracy <= highest) continue;
            highest = accuracy;
            best = some;
        }
        return best;
    }

    /** The one threshold for all that has the highest accuracy. */
    public static GroupThresholds common(double[] scores, boolean[] truth, String[] groups) {
        GroupThresholds best = null;
        double highest = -1;
        for (double threshold : new TreeSet<>(Arrays.stream(scores).boxed().toList())) {
            var some = same(threshold, groups);
            double accuracy = some.accuracy(scores, truth, groups);
            if (accuracy > highest) best = some;
            highest = Math.max(highest, accuracy);
        }
        return best;
    }

    /** The same threshold for each group. */
    public static GroupThresholds same(double threshold, String[] groups) {
        var thresholds = new LinkedHashMap<String, Double>();
        for (String group : Rows.names(groups)) thresholds.put(group, threshold);
        return new GroupThresholds(thresholds);
    }

    /** The threshold that a share of some rows reaches. */
    private static double quantile(double[] scores, double share, int... rows) {
        double[] sorted = Arrays.stream(rows).mapToDouble(row -> scores[row]).sorted().toArray();
        int above = (int) Math.round(share * sorted.length);
        return above == 0 ? Double.POSITIVE_INFINITY : sorted[sorted.length - above];
    }

    /** Between these thresholds, at 0, and others, at 1: a step on the way from accurate to fair. */
    public GroupThresholds towards(GroupThresholds other, double share) {
        var between = new LinkedHashMap<String, Double>();
        thresholds.forEach((group, threshold) -> {
            double end = other.thresholds.get(group);
            between.put(group, Double.isInfinite(end) || Double.isInfinite(threshold) ? (share < 1 ? threshold : end)
                    : threshold + share * (end - threshold));
        });
        return new GroupThresholds(between);
    }

    /**
     * Answers by the group's threshold.
     *
     * @throws IllegalArgumentException for a group that it was not fitted to
     */
    public boolean[] answers(double[] scores, String[] groups) {
        Rows.check("GroupThresholds", scores.length, groups.length);
        var answers = new boolean[scores.length];
        for (int i = 0; i < answers.length; i++) {
            Double threshold = thresholds.get(groups[i]);
            Expect.that(threshold != null, "GroupThresholds", "one of the groups " + thresholds.keySet(), groups[i]);
            answers[i] = scores[i] >= threshold;
        }
        return answers;
    }

    private double accuracy(double[] scores, boolean[] truth, String[] groups) {
        boolean[] answers = answers(scores, groups);
        int right = 0;
        for (int i = 0; i < truth.length; i++) if (answers[i] == truth[i]) right++;
        return (double) right / truth.length;
    }
}
