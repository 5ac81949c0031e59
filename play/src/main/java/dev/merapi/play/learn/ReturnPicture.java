package dev.merapi.play.learn;

import dev.merapi.plot.Figure;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.util.Arrays;
import java.util.Locale;

/** A mean over steps as a line, in a band of a deviation to each side. */
final class ReturnPicture {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 500;
    private static final int LEFT = 80, RIGHT = 30, TOP = 50, BOTTOM = 60;
    private static final int TICKS = 5;
    private static final Color BAND = new Color(0x333B6EA8, true);
    private static final Color LINE = new Color(0x3B6EA8);

    private final double[] steps, mean, deviation;
    private final double least, most;

    private ReturnPicture(double[] steps, double[] mean, double[] deviation) {
        this.steps = steps;
        this.mean = mean;
        this.deviation = deviation;
        double low = Double.POSITIVE_INFINITY, high = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < mean.length; i++) {
            low = Math.min(low, mean[i] - deviation[i]);
            high = Math.max(high, mean[i] + deviation[i]);
        }
        double margin = Math.max(1e-6, (high - low) / 20);
        least = low - margin;
        most = high + margin;
    }

    static Figure of(String title, double[] steps, double[] mean, double[] deviation) {
        var picture = new ReturnPicture(steps, mean, deviation);
        return new Figure(WIDTH, HEIGHT, g -> picture.draw(g, title));
    }

    private double x(double step) {
        return LEFT + (WIDTH - LEFT - RIGHT) * step / Math.max(1, Arrays.stream(steps).max().orElse(1));
    }

    private double y(double value) {
        return TOP + (HEIGHT - TOP - BOTTOM) * (most - value) / (most - least);
    }

    private void draw(Graphics2D g, String title) {
        g.drawString(title, LEFT, TOP - 20);
        for (int i = 0; i <= TICKS; i++) {
            double value = least + (most - least) * i / TICKS;
            int at = (int) y(value);
            g.setColor(new Color(0xDDDDDD));
            g.drawLine(LEFT, at, WIDTH - RIGHT, at);
            g.setColor(Color.BLACK);
            String label = String.format(Locale.ROOT, "%.4g", value);
            g.drawString(label, LEFT - 10 - g.getFontMetrics().stringWidth(label), at + 4);
            double step = steps[steps.length - 1] * i / TICKS;
            String under = String.format(Locale.ROOT, "%,d", Math.round(step));
            g.drawString(under, (float) x(step) - g.getFontMetrics().stringWidth(under) / 2f, HEIGHT - BOTTOM + 20);
        }
        g.drawString("steps of environments", WIDTH / 2 - 60, HEIGHT - 15);
        var band = new Path2D.Double();
        var line = new Path2D.Double();
        for (int i = 0; i < mean.length; i++) {
            go(band, i, x(steps[i]), y(mean[i] + deviation[i]));
            go(line, i, x(steps[i]), y(mean[i]));
        }
        for (int i = mean.length - 1; i >= 0; i--) band.lineTo(x(steps[i]), y(mean[i] - deviation[i]));
        band.closePath();
        g.setColor(BAND);
        g.fill(band);
        g.setColor(LINE);
        g.setStroke(new BasicStroke(2));
        g.draw(line);
    }

    private static void go(Path2D path, int i, double x, double y) {
        if (i == 0) path.moveTo(x, y);
        else path.lineTo(x, y);
    }
}
