package dev.merapi.explain.picture;

import dev.merapi.explain.Attribution;
import dev.merapi.plot.Figure;
import dev.merapi.tensor.Expect;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Contributions of many inputs: a beeswarm of all features, one feature by its value, or the ways to the outputs. */
public final class Scatter {
    private static final int LABELS = 200;
    private static final int PLOT = 460;
    private static final int ROW = 34;
    private static final int TOP = 40;
    private static final int BOTTOM = 44;
    private static final int DOT = 5;

    private Scatter() {}

    /**
     * A line for each feature, those that move the outputs most first; a dot for each input at its contribution, blue
     * where the feature's value is small and red where it is great.
     *
     * @param found of each input
     * @param values (inputs × features); NaN for one that is no number
     */
    public static Figure beeswarm(List<Attribution> found, double[][] values, List<String> names, int most,
            String title) {
        check(found, values, names);
        var order = byStrength(found, names.size()).stream().limit(most).toList();
        double range = range(found, order);
        return new Figure(LABELS + PLOT + 20, TOP + order.size() * ROW + BOTTOM, g -> {
            heading(g, title);
            for (int row = 0; row < order.size(); row++) {
                int feature = order.get(row);
                int y = TOP + row * ROW + ROW / 2;
                g.setColor(Colours.FAINT);
                g.drawLine(LABELS, y, LABELS + PLOT, y);
                right(g, names.get(feature), LABELS - 10, y + 4);
                swarm(g, found, values, feature, range, y);
            }
            int zero = x(0, range);
            g.setColor(Colours.FAINT);
            g.drawLine(zero, TOP, zero, TOP + order.size() * ROW);
            axis(g, -range, range, TOP + order.size() * ROW + 16);
            g.setColor(Colours.TEXT);
            g.drawString("contribution; colour: blue small, red great value", LABELS, TOP + order.size() * ROW + 36);
        });
    }

    /** Dots that would lie on each other stand above and below the line. */
    private static void swarm(Graphics2D g, List<Attribution> found, double[][] values, int feature, double range,
            int y) {
        double[] column = Arrays.stream(values).mapToDouble(row -> row[feature]).toArray();
        double[] sorted = Arrays.stream(column).filter(v -> !Double.isNaN(v)).sorted().toArray();
        var taken = new int[PLOT + 1];
        for (int i = 0; i < found.size(); i++) {
            int x = x(found.get(i).values()[feature], range);
            int place = taken[Math.clamp((x - LABELS) / DOT, 0, PLOT)]++;
            int offset = Math.min(ROW / 2 - 3, (place + 1) / 2 * 3) * (place % 2 == 0 ? 1 : -1);
            g.setColor(Double.isNaN(column[i]) ? Colours.FAINT : Colours.scale(share(column[i], sorted)));
            g.fill(new Ellipse2D.Double(x - DOT / 2.0, y + offset - DOT / 2.0, DOT, DOT));
        }
    }

    private static double share(double value, double[] sorted) {
        double low = sorted[(int) (0.05 * (sorted.length - 1))], high = sorted[(int) (0.95 * (sorted.length - 1))];
        return high == low ? 0.5 : (value - low) / (high - low);
    }

    /** A dot for each input: a feature's value to the right, its contribution upwards. */
    public static Figure dependence(List<Attribution> found, double[][] values, List<String> names, int feature,
            String title) {
        check(found, values, names);
        Expect.that(feature >= 0 && feature < names.size(), "Scatter.feature", "0 to " + (names.size() - 1), feature);
        double range = range(found, List.of(feature));
        double[] column = Arrays.stream(values).mapToDouble(row -> row[feature]).toArray();
        double low = Arrays.stream(column).filter(Double::isFinite).min().orElse(0);
        double high = Arrays.stream(column).filter(Double::isFinite).max().orElse(1);
        int height = 300;
        return new Figure(PLOT + 100, height + TOP + BOTTOM, g -> {
            heading(g, title);
            int left = 70;
            g.setColor(Colours.FAINT);
            g.drawLine(left, TOP + height / 2, left + PLOT, TOP + height / 2);
            g.drawRect(left, TOP, PLOT, height);
            for (int i = 0; i < found.size(); i++) {
                if (!Double.isFinite(column[i])) continue;
                double x = left + (high == low ? 0.5 : (column[i] - low) / (high - low)) * PLOT;
                double value = found.get(i).values()[feature];
                double y = TOP + height / 2.0 - value / range * height / 2.2;
                g.setColor(Colours.of(value));
                g.fill(new Ellipse2D.Double(x - DOT / 2.0, y - DOT / 2.0, DOT, DOT));
            }
            g.setColor(Colours.TEXT);
            g.drawString(Bars.text(low), left, TOP + height + 16);
            right(g, Bars.text(high), left + PLOT, TOP + height + 16);
            g.drawString(names.get(feature), left + PLOT / 2, TOP + height + 32);
            right(g, "+" + Bars.text(range), left - 4, TOP + 12);
            right(g, Bars.text(-range), left - 4, TOP + height);
        });
    }

    /** A line for each input from the base, below, by its contributions, the weakest first, to its output, above. */
    public static Figure decision(List<Attribution> found, List<String> names, int most, String title) {
        check(found, new double[found.size()][names.size()], names);
        var order = byStrength(found, names.size()).stream().limit(most).toList().reversed();
        double low = Double.MAX_VALUE, high = -Double.MAX_VALUE;
        for (var one : found) {
            for (double at : way(one, order)) {
                low = Math.min(low, at);
                high = Math.max(high, at);
            }
        }
        double least = low, width = high == low ? 1 : high - low;
        int rows = order.size();
        return new Figure(LABELS + PLOT + 20, TOP + rows * ROW + BOTTOM, g -> {
            heading(g, title);
            for (int row = 0; row < rows; row++) {
                int y = TOP + (rows - row) * ROW - ROW / 2;
                g.setColor(Colours.FAINT);
                g.drawLine(LABELS, y, LABELS + PLOT, y);
                right(g, names.get(order.get(row)), LABELS - 10, y + 4);
            }
            for (var one : found) {
                double[] way = way(one, order);
                g.setColor(Colours.scale((one.output() - least) / width));
                for (int i = 1; i < way.length; i++) {
                    g.drawLine(LABELS + (int) ((way[i - 1] - least) / width * PLOT), TOP + (rows - i + 1) * ROW,
                            LABELS + (int) ((way[i] - least) / width * PLOT), TOP + (rows - i) * ROW);
                }
            }
            axis(g, least, least + width, TOP + rows * ROW + 16);
        });
    }

    /** What is left of the other features stands at the beginning, so that the end is the output. */
    private static double[] way(Attribution one, List<Integer> order) {
        var way = new double[order.size() + 1];
        way[order.size()] = one.output();
        for (int i = order.size() - 1; i >= 0; i--) way[i] = way[i + 1] - one.values()[order.get(i)];
        return way;
    }

    private static void check(List<Attribution> found, double[][] values, List<String> names) {
        Expect.that(!found.isEmpty(), "Scatter", "explanations", "none");
        Expect.that(values.length == found.size(), "Scatter", "a row of values for each of the " + found.size()
                + " inputs", values.length);
        for (var one : found) {
            Expect.that(one.values().length == names.size(), "Scatter", "a name for each of the "
                    + one.values().length + " features", names.size());
        }
    }

    private static List<Integer> byStrength(List<Attribution> found, int features) {
        var strength = new double[features];
        for (var one : found) {
            for (int i = 0; i < features; i++) strength[i] += Math.abs(one.values()[i]);
        }
        return IntStream.range(0, features).boxed().sorted(Comparator.comparingDouble(i -> -strength[i])).toList();
    }

    private static double range(List<Attribution> found, List<Integer> features) {
        double range = 0;
        for (var one : found) for (int f : features) range = Math.max(range, Math.abs(one.values()[f]));
        return range == 0 ? 1 : range;
    }

    private static int x(double value, double range) {
        return LABELS + PLOT / 2 + (int) Math.round(value / range * PLOT / 2.1);
    }

    private static void heading(Graphics2D g, String title) {
        g.setColor(Colours.TEXT);
        g.drawString(title, 16, 22);
    }

    private static void axis(Graphics2D g, double low, double high, int y) {
        g.setColor(Colours.TEXT);
        g.drawString(Bars.text(low), LABELS, y);
        right(g, Bars.text(high), LABELS + PLOT, y);
    }

    private static void right(Graphics2D g, String text, int x, int y) {
        g.setColor(Colours.TEXT);
        g.drawString(text, x - g.getFontMetrics().stringWidth(text), y);
    }
}
