package dev.merapi.protect.command;

import dev.merapi.plot.Figure;
import dev.merapi.protect.fairness.FairnessReport;
import dev.merapi.protect.fairness.GroupThresholds;
import java.awt.Color;
import java.awt.Graphics2D;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/** Accuracy and the greatest gap of positive answers between groups, by thresholds. */
record TradeOff(double[] scores, boolean[] truth, String[] groups, String reference) {
    private static final int STEPS = 20, TICKS = 5;
    private static final int WIDTH = 720, HEIGHT = 360, LEFT = 70, RIGHT = 120, TOP = 40, BOTTOM = 50;
    private static final Color LINE = new Color(0x1f77b4), FAINT = new Color(0xcccccc);

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
        var ways = IntStream.rangeClosed(0, STEPS).mapToObj(i -> accurate.towards(fair, (double) i / STEPS)).toList();
        double[] gaps = ways.stream().mapToDouble(this::gap).toArray();
        double[] accuracies = ways.stream().mapToDouble(this::accuracy).toArray();
        var x = new Axis(0, Arrays.stream(gaps).max().orElseThrow(), LEFT, WIDTH - RIGHT);
        var y = new Axis(Arrays.stream(accuracies).min().orElseThrow(), Arrays.stream(accuracies).max().orElseThrow(),
                HEIGHT - BOTTOM, TOP);
        return new Figure(WIDTH, HEIGHT, g -> {
            axes(g, x, y);
            g.setColor(LINE);
            for (int i = 0; i < STEPS; i++) {
                g.drawLine(x.at(gaps[i]), y.at(accuracies[i]), x.at(gaps[i + 1]), y.at(accuracies[i + 1]));
            }
            for (int i : new int[] {0, STEPS}) g.fillOval(x.at(gaps[i]) - 4, y.at(accuracies[i]) - 4, 9, 9);
            g.setColor(Color.BLACK);
            g.drawString("one threshold", x.at(gaps[0]) + 10, y.at(accuracies[0]) + 5);
            g.drawString("one for each group", x.at(gaps[STEPS]) + 10, y.at(accuracies[STEPS]) + 16);
        });
    }

    private static void axes(Graphics2D g, Axis x, Axis y) {
        g.setColor(FAINT);
        for (int i = 0; i <= TICKS; i++) g.drawLine(LEFT, y.at(y.tick(i)), WIDTH - RIGHT, y.at(y.tick(i)));
        g.setColor(Color.BLACK);
        for (int i = 0; i <= TICKS; i++) {
            g.drawString(String.format(Locale.ROOT, "%.3f", y.tick(i)), LEFT - 50, y.at(y.tick(i)) + 5);
            g.drawString(String.format(Locale.ROOT, "%.3f", x.tick(i)), x.at(x.tick(i)) - 16, HEIGHT - BOTTOM + 20);
        }
        g.drawString("accuracy", LEFT - 50, TOP - 18);
        g.drawString("largest gap of favourable answers between groups", LEFT, HEIGHT - 10);
    }

    /** Where numbers between two lie in a picture. */
    private record Axis(double low, double high, int from, int to) {
        Axis {
            if (high - low < 1e-9) high = low + 1e-3; // of a single value
        }

        double tick(int i) { return low + i * (high - low) / TICKS; }

        int at(double value) { return from + (int) Math.round((value - low) / (high - low) * (to - from)); }
    }
}
