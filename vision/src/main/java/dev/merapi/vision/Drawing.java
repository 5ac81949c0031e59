package dev.merapi.vision;

import dev.merapi.tensor.Expect;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.Map;

/**
 * A copy of a picture on which boxes and masks are drawn.
 *
 * <pre>{@code
 * new Drawing(image).box(new Box(20, 30, 90, 80), "dog 92 %", 0).image().write(Path.of("dog.png"));
 * }</pre>
 */
public final class Drawing {
    private final BufferedImage picture;

    /** Begins with a copy of a picture. */
    public Drawing(Image image) { picture = Pictures.buffered(image.toRgb()); }

    /** A frame in the colour of a class, with a text at its top left corner; lines grow with the picture. */
    public Drawing box(Box box, String text, int label) {
        int line = Math.max(Math.round(Math.min(picture.getWidth(), picture.getHeight()) / 200f), 1);
        var pen = pen();
        pen.setColor(color(label));
        pen.setStroke(new BasicStroke(line));
        pen.draw(new Rectangle2D.Double(box.left(), box.top(), box.width(), box.height()));
        if (!text.isEmpty()) write(pen, box, text, line);
        pen.dispose();
        return this;
    }

    /** Above the box where there is room, and inside where there is none. */
    private void write(Graphics2D pen, Box box, String text, int line) {
        pen.setFont(new Font(Font.SANS_SERIF, Font.BOLD, Math.max(6 * line, 11)));
        var metrics = pen.getFontMetrics();
        int width = metrics.stringWidth(text) + 4;
        int height = metrics.getAscent() + metrics.getDescent();
        int x = (int) Math.clamp(box.left() - line / 2, 0, Math.max(picture.getWidth() - width, 0));
        int y = (int) (box.top() < height ? box.top() : box.top() - height);
        pen.fillRect(x, y, width, height);
        pen.setColor(isBright(pen.getColor()) ? Color.BLACK : Color.WHITE);
        pen.drawString(text, x + 2, y + metrics.getAscent());
    }

    /** Half of each pixel of another class than 0 becomes the class's colour; all of it at the edge of its area. */
    public Drawing mask(LabelMask mask) {
        if (mask.height() != picture.getHeight() || mask.width() != picture.getWidth()) {
            throw Expect.error("Drawing.mask", "a mask of the picture's size, " + picture.getHeight() + "x"
                    + picture.getWidth(), mask);
        }
        for (int y = 0; y < mask.height(); y++) {
            for (int x = 0; x < mask.width(); x++) {
                int label = mask.at(y, x);
                if (label == 0) continue;
                int color = LabelMask.color(label);
                int mixed = (picture.getRGB(x, y) & 0xFEFEFE) / 2 + (color & 0xFEFEFE) / 2;
                picture.setRGB(x, y, isEdge(mask, y, x) ? color : mixed);
            }
        }
        return this;
    }

    /** Whether the pixel above, below or beside is of another class. */
    private static boolean isEdge(LabelMask mask, int y, int x) {
        int label = mask.at(y, x);
        return y > 0 && mask.at(y - 1, x) != label || y + 1 < mask.height() && mask.at(y + 1, x) != label
                || x > 0 && mask.at(y, x - 1) != label || x + 1 < mask.width() && mask.at(y, x + 1) != label;
    }

    /** A key to the colours of {@link #mask}, at the top left: a line for each class but 0, by label. */
    public Drawing key(Map<Integer, String> names) {
        var pen = pen();
        int size = Math.max(Math.min(picture.getWidth(), picture.getHeight()) / 33, 11); // as the texts of boxes
        pen.setFont(new Font(Font.SANS_SERIF, Font.BOLD, size));
        var metrics = pen.getFontMetrics();
        int height = metrics.getAscent() + metrics.getDescent();
        int y = 0;
        for (var name : names.entrySet()) {
            if (name.getKey() == 0) continue;
            pen.setColor(new Color(LabelMask.color(name.getKey())));
            pen.fillRect(0, y, metrics.stringWidth(name.getValue()) + 6, height);
            pen.setColor(isBright(pen.getColor()) ? Color.BLACK : Color.WHITE);
            pen.drawString(name.getValue(), 3, y + metrics.getAscent());
            y += height;
        }
        pen.dispose();
        return this;
    }

    /** What has been drawn. */
    public Image image() { return Pictures.image(picture); }

    private Graphics2D pen() {
        var pen = picture.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        return pen;
    }

    /** A golden angle further for each class, so that neighbours differ. */
    private static Color color(int label) { return Color.getHSBColor(0.05f + label * 0.618034f, 0.85f, 0.95f); }

    private static boolean isBright(Color c) {
        return 0.299 * c.getRed() + 0.587 * c.getGreen() + 0.114 * c.getBlue() > 140;
    }
}
