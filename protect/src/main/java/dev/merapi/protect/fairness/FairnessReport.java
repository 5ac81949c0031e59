package dev.merapi.protect.fairness;

import dev.merapi.tensor.Expect;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * The rates of all groups, and how they differ.
 *
 * @param groups in the order in which they are met
 */
public record FairnessReport(List<GroupRates> groups) {
    public FairnessReport { groups = List.copyOf(groups); }

    /**
     * A group beside the one that it is compared with. Differences are this group's rate less the other's: 0 is fair,
     * below 0 this group is worse off.
     *
     * @param statisticalParityDifference of positive answers
     * @param disparateImpact ratio of positive answers; 1 is fair, below 0.8 is the usual line in the USA
     * @param equalOpportunityDifference of true positive rates (Hardt et al. 2016)
     * @param averageOddsDifference mean of the differences of true and of false positive rates
     * @param predictiveParityDifference of the shares of positive answers that are right
     */
    public record Comparison(String group, String reference, double statisticalParityDifference, double disparateImpact,
            double equalOpportunityDifference, double averageOddsDifference, double predictiveParityDifference) {
        static Comparison of(GroupRates one, GroupRates other) {
            double selection = one.selection().value(), selectionOther = other.selection().value();
            double opportunity = one.truePositiveRate().value() - other.truePositiveRate().value();
            double alarms = one.falsePositiveRate().value() - other.falsePositiveRate().value();
            return new Comparison(one.group(), other.group(), selection - selectionOther, selection / selectionOther,
                    opportunity, (opportunity + alarms) / 2, one.precision().value() - other.precision().value());
        }
    }

    /** As below, where all rows weigh 1. */
    public static FairnessReport of(boolean[] truth, boolean[] answers, String[] groups) {
        var ones = new double[truth.length];
        Arrays.fill(ones, 1);
        return of(truth, answers, groups, ones);
    }

    /**
     * Of what is true, what a model answers, and the groups, row by row.
     *
     * @param weights of the rows
     * @throws IllegalArgumentException if the arrays differ in length, or there is one group alone
     */
    public static FairnessReport of(boolean[] truth, boolean[] answers, String[] groups, double[] weights) {
        Rows.check("FairnessReport", truth.length, answers.length, groups.length, weights.length);
        var sums = new LinkedHashMap<String, double[]>();
        for (int i = 0; i < truth.length; i++) {
            var sum = sums.computeIfAbsent(groups[i], _ -> new double[4]);
            sum[(answers[i] ? 0 : 2) + (truth[i] == answers[i] ? 0 : 1)] += weights[i];
        }
        Expect.that(sums.size() > 1, "FairnessReport", "at least two groups", sums.keySet());
        return new FairnessReport(sums.entrySet().stream().map(entry -> {
            double[] sum = entry.getValue();
            return new GroupRates(entry.getKey(), sum[0], sum[1], sum[2], sum[3]);
        }).toList());
    }

    /** @throws IllegalArgumentException naming those there are, if there is no such group */
    public GroupRates group(String name) {
        return groups.stream().filter(group -> group.group().equals(name)).findFirst()
                .orElseThrow(() -> Expect.error("group", "one of " + groups.stream().map(GroupRates::group).toList(),
                        name));
    }

    /** All other groups beside one. */
    public List<Comparison> against(String reference) {
        var other = group(reference);
        return groups.stream().filter(group -> group != other).map(group -> Comparison.of(group, other)).toList();
    }

    /** The group of most members. */
    public String largest() {
        return groups.stream().max((a, b) -> Double.compare(a.size(), b.size())).orElseThrow().group();
    }

    /** Share of all answers that are right. */
    public double accuracy() {
        double right = groups.stream().mapToDouble(group -> group.truePositives() + group.trueNegatives()).sum();
        return right / groups.stream().mapToDouble(GroupRates::size).sum();
    }
}
