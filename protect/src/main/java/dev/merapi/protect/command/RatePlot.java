package dev.merapi.protect.command;

import dev.merapi.plot.Figure;
import dev.merapi.protect.fairness.FairnessReport;
import dev.merapi.protect.fairness.GroupRates;
import java.awt.Color;
import java.awt.Graphics2D;
import java.util.List;

/** Rates of groups as bars with their intervals, and differences of groups as bars to both sides of 0. */
final class RatePlot {
    private static final int ROW = 22, LABELS = 260, PLOT = 460, TOP = 20;
    private static final Color BAR = new Color(0x1f77b4), FAINT = new Color(0xcccccc);

    private RatePlot() {}

    static Figure of(FairnessReport report) {
        var names = List.of("base rate", "selected", "true positives", "false positives", "precision");
        int rows = names.size() * (report.groups().size() + 1);
        return new Figure(LABELS + PLOT + 80, TOP + rows * ROW, g -> {
            int y = TOP;
            for (int n = 0; n < names.size(); n++) {
                g.drawString(names.get(n), 10, y + 15);
                for (var group : report.groups()) rate(g, group, rate(group, n), y += ROW);
                y += ROW;
            }
            g.setColor(FAINT);
            g.drawLine(LABELS, TOP, LABELS, TOP + rows * ROW);
            g.drawLine(LABELS + PLOT, TOP, LABELS + PLOT, TOP + rows * ROW);
        });
    }

    private static GroupRates.Rate rate(GroupRates group, int which) {
        return switch (which) {
            case 0 -> group.base();
            case 1 -> group.selection();
            case 2 -> group.truePositiveRate();
            case 3 -> group.falsePositiveRate();
            default -> group.precision();
        };
    }

    private static void rate(Graphics2D g, GroupRates group, GroupRates.Rate rate, int y) {
        g.setColor(Color.BLACK);
        g.drawString(group.group(), 30, y + 15);
        if (Double.isNaN(rate.value())) return;
        g.setColor(BAR);
        g.fillRect(LABELS, y + 4, (int) (PLOT * rate.value()), ROW - 8);
        g.setColor(Color.BLACK);
        int low = LABELS + (int) (PLOT * rate.low()), high = LABELS + (int) (PLOT * rate.high());
        g.drawLine(low, y + ROW / 2, high, y + ROW / 2);
        g.drawLine(low, y + 6, low, y + ROW - 6);
        g.drawLine(high, y + 6, high, y + ROW - 6);
        g.drawString("%.2f".formatted(rate.value()), LABELS + PLOT + 10, y + 15);
    }

    static Figure of(List<FairnessReport.Comparison> against) {
        var names = List.of("statistical parity", "equal opportunity", "average odds", "predictive parity");
        return new Figure(LABELS + PLOT + 80, TOP + against.size() * (names.size() + 1) * ROW, g -> {
            int y = TOP;
            for (var one : against) {
                g.setColor(Color.BLACK);
                g.drawString(one.group() + " less " + one.reference(), 10, y + 15);
                double[] values = {one.statisticalParityDifference(), one.equalOpportunityDifference(),
                    one.averageOddsDifference(), one.predictiveParityDifference()};
                for (int i = 0; i < values.length; i++) difference(g, names.get(i), values[i], y += ROW);
                y += ROW;
            }
        });
    }

    private static void difference(Graphics2D g, String name, double value, int y) {
        int middle = LABELS + PLOT / 2;
        g.setColor(Color.BLACK);
        g.drawString(name, 30, y + 15);
        g.drawLine(middle, y, middle, y + ROW);
        if (!Double.isFinite(value)) return;
        int length = (int) Math.round(Math.abs(value) * PLOT / 2);
        g.setColor(value < 0 ? new Color(0xd62728) : BAR);
        g.fillRect(value < 0 ? middle - length : middle, y + 4, length, ROW - 8);
        g.setColor(Color.BLACK);
        g.drawString("%+.3f".formatted(value), LABELS + PLOT + 10, y + 15);
    }
}
