package dev.merapi.protect.command;

import dev.merapi.plot.Figure;
import dev.merapi.plot.LinePlot;
import dev.merapi.protect.fairness.FairnessReport;
import dev.merapi.protect.fairness.GroupThresholds;

/** Accuracy and the greatest gap of positive answers between groups, by thresholds. */
record TradeOff(double[] scores, boolean[] truth, String[] groups, String reference) {
    private static final int STEPS = 20;

    double accuracy(GroupThresholds thresholds) { return report(thresholds).accuracy(); }

    double gap(GroupThresholds thresholds) {
        return report(thresholds).against(reference).stream()
                .mapToDouble(one -> Math.abs(one.statisticalParityDifference())).max().orElseThrow();
    }

    private FairnessReport report(GroupThresholds thresholds) {
        return FairnessReport.of(truth, thresholds.answers(scores, groups), groups);
    }

    /** The way from the most accurate thresholds to fair ones. */
    Figure figure(GroupThresholds accurate, GroupThresholds fair) {
        var gaps = new double[STEPS + 1];
        var accuracies = new double[STEPS + 1];
        for (int i = 0; i <= STEPS; i++) {
            var some = accurate.towards(fair, (double) i / STEPS);
            gaps[i] = gap(some);
            accuracies[i] = accuracy(some);
        }
        return new LinePlot("Accuracy by the gap between groups", "gap of positive answers")
                .line("accuracy", gaps, accuracies).figure();
    }
}
