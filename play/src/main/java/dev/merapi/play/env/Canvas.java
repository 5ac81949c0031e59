package dev.merapi.play.env;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;

/** A white sheet, 300 pixels high, in the world's own lengths with y upwards. */
final class Canvas {
    static final Color WARM = new Color(0xCA6F3C);
    static final Color COOL = new Color(0x3B6EA8);
    static final Color GREEN = new Color(0x4C8C4A);
    private static final int HEIGHT = 300;

    private final BufferedImage image;
    private final Graphics2D graphics;
    private final double left, bottom, scale;

    Canvas(double left, double right, double bottom, double top) {
        this.left = left;
        this.bottom = bottom;
        scale = HEIGHT / (top - bottom);
        image = new BufferedImage((int) Math.round((right - left) * scale), HEIGHT, BufferedImage.TYPE_INT_RGB);
        graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), HEIGHT);
    }

    private double x(double x) { return (x - left) * scale; }

    private double y(double y) { return HEIGHT - (y - bottom) * scale; }

    Canvas line(double x1, double y1, double x2, double y2, double width, Color color) {
        graphics.setColor(color);
        graphics.setStroke(new BasicStroke((float) (width * scale), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.draw(new Line2D.Double(x(x1), y(y1), x(x2), y(y2)));
        return this;
    }

    /** About its middle. */
    Canvas box(double x, double y, double width, double height, Color color) {
        graphics.setColor(color);
        graphics.fill(new Rectangle2D.Double(x(x - width / 2), y(y + height / 2), width * scale, height * scale));
        return this;
    }

    Canvas disc(double x, double y, double radius, Color color) {
        graphics.setColor(color);
        graphics.fill(new Ellipse2D.Double(x(x - radius), y(y + radius), 2 * radius * scale, 2 * radius * scale));
        return this;
    }

    /** A filled polygon of the points x0, y0, x1, y1, … */
    Canvas shape(Color color, double... points) {
        var path = new Path2D.Double();
        path.moveTo(x(points[0]), y(points[1]));
        for (int i = 2; i < points.length; i += 2) path.lineTo(x(points[i]), y(points[i + 1]));
        path.closePath();
        graphics.setColor(color);
        graphics.fill(path);
        return this;
    }

    /** A letter or more in the middle of a place. */
    Canvas text(double x, double y, String words, Color color) {
        graphics.setColor(color);
        var metrics = graphics.getFontMetrics();
        graphics.drawString(words, (float) (x(x) - metrics.stringWidth(words) / 2.0),
                (float) (y(y) + metrics.getAscent() / 2.0 - 2));
        return this;
    }

    BufferedImage image() {
        graphics.dispose();
        return image;
    }
}
