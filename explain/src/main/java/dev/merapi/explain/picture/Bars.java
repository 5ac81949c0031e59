package dev.merapi.explain.picture;

import dev.merapi.explain.Attribution;
import dev.merapi.plot.Figure;
import dev.merapi.tensor.Expect;
import java.awt.Color;
import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Contributions of one input by feature: as bars, as steps from the base to the output, or as forces on one line. */
public final class Bars {
    private static final int ROW = 26;
    private static final int LABELS = 230;
    private static final int PLOT = 420;
    private static final int TOP = 44;
    private static final int BOTTOM = 40;

    private Bars() {}

    /** A feature, or what is left of the others, and its contribution. */
    private record Part(String name, double value) {}

    /**
     * Bars to both sides of 0, the strongest first.
     *
     * @param names of the features, each with its value if that is to be seen: {@code age = 39}
     * @param most features; the rest is summed
     */
    public static Figure bar(Attribution found, List<String> names, int most, String title) {
        var parts = parts(found, names, most);
        double range = parts.stream().mapToDouble(part -> Math.abs(part.value)).max().orElse(1);
        boolean signed = parts.stream().anyMatch(part -> part.value < 0);
        double zero = signed ? 0.5 : 0;
        double scale = PLOT * (signed ? 0.42 : 0.85) / (range == 0 ? 1 : range);
        return figure(parts.size(), title, g -> {
            int middle = LABELS + (int) (zero * PLOT);
            for (int i = 0; i < parts.size(); i++) {
                var part = parts.get(i);
                int y = TOP + i * ROW;
                int length = (int) Math.round(Math.abs(part.value) * scale);
                g.setColor(Colours.of(part.value));
                g.fillRect(part.value < 0 ? middle - length : middle, y + 4, length, ROW - 8);
                label(g, part.name, y);
                number(g, part.value, part.value < 0 ? middle - length : middle + length, y);
            }
            g.setColor(Colours.FAINT);
            g.drawLine(middle, TOP, middle, TOP + parts.size() * ROW);
        });
    }

    /** Steps from the base, below, to the output, above; each begins where the one below ends. */
    public static Figure waterfall(Attribution found, List<String> names, int most, String title) {
        Expect.that(!Double.isNaN(found.base()), "Bars.waterfall", "contributions with a base, as SHAP's",
                "those of a method without; draw them by Bars.bar");
        var parts = parts(found, names, most);
        double at = found.output();
        double least = Math.min(found.base(), at), greatest = Math.max(found.base(), at);
        for (var part : parts) {
            at -= part.value;
            least = Math.min(least, at);
            greatest = Math.max(greatest, at);
        }
        double low = least, scale = PLOT * 0.8 / (greatest == least ? 1 : greatest - least);
        return figure(parts.size(), title, g -> {
            double end = found.output();
            for (int i = 0; i < parts.size(); i++) {
                var part = parts.get(i);
                int y = TOP + i * ROW;
                int right = x(end, low, scale), left = x(end - part.value, low, scale);
                arrow(g, left, right, y + 4, ROW - 8, Colours.of(part.value));
                label(g, part.name, y);
                number(g, part.value, Math.max(left, right), y, true);
                g.setColor(Colours.FAINT);
                if (i + 1 < parts.size()) g.drawLine(left, y + ROW - 4, left, y + ROW + 4);
                end -= part.value;
            }
            int y = TOP + parts.size() * ROW;
            g.setColor(Colours.TEXT);
            mark(g, x(found.base(), low, scale), y, "base " + text(found.base()), y + 24);
            mark(g, x(found.output(), low, scale), TOP, "output " + text(found.output()), TOP - 8);
        });
    }

    /** All on one line: what raises the output pushes from the left, what lowers it from the right. */
    public static Figure force(Attribution found, List<String> names, int most, String title) {
        Expect.that(!Double.isNaN(found.base()), "Bars.force", "contributions with a base, as SHAP's",
                "those of a method without; draw them by Bars.bar");
        var parts = parts(found, names, most);
        double up = parts.stream().mapToDouble(part -> Math.max(0, part.value)).sum();
        double down = parts.stream().mapToDouble(part -> Math.max(0, -part.value)).sum();
        int width = LABELS + PLOT;
        double scale = (width - 80) / Math.max(1e-300, up + down);
        int meeting = 40 + (int) Math.round(up * scale);
        return new Figure(width, 150, g -> {
            g.setColor(Colours.TEXT);
            g.drawString(title, 16, 22);
            double left = meeting, right = meeting;
            for (var part : parts) {
                int length = (int) Math.round(Math.abs(part.value) * scale);
                if (part.value >= 0) {
                    left -= length;
                    arrow(g, (int) left, (int) left + length, 70, 26, Colours.FOR);
                    fitted(g, part.name, (int) left, length, 116);
                } else {
                    arrow(g, (int) right + length, (int) right, 70, 26, Colours.AGAINST);
                    fitted(g, part.name, (int) right, length, 116);
                    right += length;
                }
            }
            mark(g, meeting, 66, "output " + text(found.output()), 58);
            g.drawString("base " + text(found.base()), 16, 142);
        });
    }

    private static List<Part> parts(Attribution found, List<String> names, int most) {
        Expect.that(names.size() == found.values().length, "Bars", "a name for each of the " + found.values().length
                + " features", names.size());
        Expect.atLeast("Bars.most", 1, most);
        var order = found.strongest();
        var parts = new ArrayList<Part>();
        int shown = order.size() <= most ? order.size() : most - 1;
        for (int i : order.subList(0, shown)) parts.add(new Part(names.get(i), found.values()[i]));
        if (shown == order.size()) return parts;
        double rest = order.subList(shown, order.size()).stream().mapToDouble(i -> found.values()[i]).sum();
        parts.add(new Part(order.size() - shown + " others", rest));
        return parts;
    }

    private static Figure figure(int rows, String title, Consumer<Graphics2D> painter) {
        return new Figure(LABELS + PLOT + 20, TOP + rows * ROW + BOTTOM, g -> {
            g.setColor(Colours.TEXT);
            g.drawString(title, 16, 20);
            painter.accept(g);
        });
    }

    private static int x(double value, double low, double scale) {
        return LABELS + 20 + (int) Math.round((value - low) * scale);
    }

    private static void mark(Graphics2D g, int x, int y, String text, int below) {
        g.setColor(Colours.TEXT);
        g.drawLine(x, y, x, y + 6);
        g.drawString(text, Math.max(8, x - g.getFontMetrics().stringWidth(text) / 2), below);
    }

    private static void label(Graphics2D g, String name, int y) {
        g.setColor(Colours.TEXT);
        String shown = cut(g, name, LABELS - 24);
        g.drawString(shown, LABELS - 12 - g.getFontMetrics().stringWidth(shown), y + ROW - 9);
    }

    private static void fitted(Graphics2D g, String name, int x, int width, int y) {
        g.setColor(Colours.TEXT);
        String shown = cut(g, name, width - 4);
        if (shown.length() > 2) g.drawString(shown, x + (width - g.getFontMetrics().stringWidth(shown)) / 2, y);
    }

    private static String cut(Graphics2D g, String name, int width) {
        if (g.getFontMetrics().stringWidth(name) <= width) return name;
        int end = name.length();
        while (end > 0 && g.getFontMetrics().stringWidth(name.substring(0, end) + "…") > width) end--;
        return name.substring(0, end) + "…";
    }

    private static void number(Graphics2D g, double value, int x, int y) { number(g, value, x, y, value >= 0); }

    private static void number(Graphics2D g, double value, int x, int y, boolean right) {
        String text = (value > 0 ? "+" : "") + text(value);
        g.setColor(Colours.of(value));
        g.drawString(text, right ? x + 5 : x - 5 - g.getFontMetrics().stringWidth(text), y + ROW - 9);
    }

    static String text(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 1 ? "%.2f" : "%.3f", value);
    }

    /** A bar with a point where it ends. */
    private static void arrow(Graphics2D g, int from, int to, int y, int height, Color colour) {
        int point = Math.min(6, Math.abs(to - from)) * Integer.signum(to - from);
        g.setColor(colour);
        g.fillPolygon(new int[] {from, to - point, to, to - point, from},
                new int[] {y, y, y + height / 2, y + height, y + height}, 5);
    }
}
