package dev.merapi.vision;

import dev.merapi.tensor.Expect;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Point;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A copy of a picture on which boxes and masks are drawn.
 *
 * <pre>{@code
 * new Drawing(image).box(new Box(20, 30, 90, 80), "dog 92 %", 0).image().write(Path.of("dog.png"));
 * }</pre>
 */
public final class Drawing {
    /** To be written when all frames are there. */
    private record Text(Box box, String text, Color color) {}

    private static final int READABLE = 300; // the shorter side of a picture that has room for texts

    private final BufferedImage picture;
    private final int factor; // pixels of the drawing to one of the picture's
    private final List<Text> texts = new ArrayList<>();

    /** Begins with a copy of a picture. */
    public Drawing(Image image) { this(image, 1); }

    private Drawing(Image image, int factor) {
        this.factor = factor;
        picture = Pictures.buffered(image.toRgb(), factor);
    }

    /**
     * Begins with a copy of a picture, in which each pixel of a small one becomes a square of several, so that texts do
     * not hide what they are about. Boxes and masks stay those of the picture.
     */
    public static Drawing readable(Image image) {
        return new Drawing(image, Math.max(Math.ceilDiv(READABLE, Math.min(image.width(), image.height())), 1));
    }

    /**
     * A frame in the colour of a class, with a text at one of its corners; lines grow with the picture. Texts lie over
     * all frames. They keep clear of each other where they can, and a later box's has the first choice.
     */
    public Drawing box(Box of, String text, int label) {
        Box box = of.scale(factor, factor);
        var pen = pen();
        pen.setColor(color(label));
        pen.setStroke(new BasicStroke(line()));
        pen.draw(new Rectangle2D.Double(box.left(), box.top(), box.width(), box.height()));
        pen.dispose();
        if (!text.isEmpty()) texts.add(new Text(box, text, color(label)));
        return this;
    }

    private int line() { return Math.max(Math.round(Math.min(picture.getWidth(), picture.getHeight()) / 200f), 1); }

    private void writeTexts() {
        var pen = pen();
        pen.setFont(new Font(Font.SANS_SERIF, Font.BOLD, Math.max(6 * line(), 11)));
        var metrics = pen.getFontMetrics();
        var taken = new ArrayList<Rectangle>(); // by the last text first
        for (var text : texts.reversed()) {
            var field = new Dimension(metrics.stringWidth(text.text) + 4, metrics.getAscent() + metrics.getDescent());
            var places = places(text.box, field);
            taken.add(places.stream().filter(one -> taken.stream().noneMatch(one::intersects)).findFirst()
                    .orElse(places.getFirst()));
        }
        for (int i = 0; i < texts.size(); i++) {
            var text = texts.get(i);
            var place = taken.reversed().get(i);
            pen.setColor(text.color);
            pen.fill(place);
            pen.setColor(isBright(text.color) ? Color.BLACK : Color.WHITE);
            pen.drawString(text.text, place.x + 2, place.y + metrics.getAscent());
        }
        pen.dispose();
        texts.clear();
    }

    /** Above the box, inside at its top, below it, inside at its bottom: those in the picture, the best first. */
    private List<Rectangle> places(Box box, Dimension field) {
        int left = (int) (box.left() - line() / 2), right = (int) (box.right() + line() / 2) - field.width;
        int top = (int) box.top(), bottom = (int) box.bottom();
        var places = new ArrayList<Rectangle>();
        for (int y : new int[] {top - field.height, top, bottom, bottom - field.height}) {
            if (y < 0 || y + field.height > picture.getHeight()) continue;
            for (int x : new int[] {left, right}) {
                int most = Math.max(picture.getWidth() - field.width, 0);
                places.add(new Rectangle(new Point(Math.clamp(x, 0, most), y), field));
            }
        }
        if (places.isEmpty()) places.add(new Rectangle(field)); // a picture lower than a text
        return places;
    }

    /** Half of each pixel of another class than 0 becomes the class's colour; all of it at the edge of its area. */
    public Drawing mask(LabelMask mask) {
        int height = picture.getHeight() / factor, width = picture.getWidth() / factor;
        if (mask.height() != height || mask.width() != width) {
            throw Expect.error("Drawing.mask", "a mask of the picture's size, " + height + "x" + width, mask);
        }
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                int label = mask.at(y / factor, x / factor);
                if (label == 0) continue;
                int color = LabelMask.color(label);
                int mixed = (picture.getRGB(x, y) & 0xFEFEFE) / 2 + (color & 0xFEFEFE) / 2;
                picture.setRGB(x, y, isEdge(mask, y / factor, x / factor) ? color : mixed);
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
    public Image image() {
        writeTexts();
        return Pictures.image(picture);
    }

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
