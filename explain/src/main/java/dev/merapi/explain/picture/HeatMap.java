package dev.merapi.explain.picture;

import dev.merapi.explain.Attribution;
import dev.merapi.plot.Figure;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Shapes;
import dev.merapi.vision.Image;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;

/** A picture, and beside it what its pixels have contributed, over the picture in gray: red for, blue against. */
public final class HeatMap {
    private static final int SIDE = 280; // of each of the two, at least
    private static final int TITLE = 28;
    private static final int GAP = 12;

    private HeatMap() {}

    /**
     * @param image what the model saw, of the attribution's size
     * @param pixels contributions (H, W)
     */
    public static Figure of(Image image, Attribution pixels, String title) {
        Expect.that(pixels.shape().length == 2 && pixels.shape()[0] == image.height()
                && pixels.shape()[1] == image.width(), "HeatMap", "contributions (" + image.height() + ", "
                + image.width() + "), a number for each pixel", Shapes.toString(pixels.shape()));
        int scale = Math.max(1, (SIDE + Math.max(image.height(), image.width()) - 1)
                / Math.max(image.height(), image.width()));
        int width = image.width() * scale, height = image.height() * scale;
        var seen = seen(image);
        var over = over(image, pixels);
        return new Figure(2 * width + 3 * GAP, height + TITLE + 2 * GAP, g -> {
            g.setColor(Colours.TEXT);
            g.drawString(title, GAP, TITLE - 8);
            draw(g, seen, GAP, TITLE + GAP, width, height);
            draw(g, over, 2 * GAP + width, TITLE + GAP, width, height);
        });
    }

    /** Larger pixels stay sharp: they are what the model sees. */
    private static void draw(Graphics2D g, BufferedImage image, int x, int y, int width, int height) {
        g.drawImage(enlarged(image, width, height), x, y, null);
    }

    private static BufferedImage enlarged(BufferedImage image, int width, int height) {
        var large = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                large.setRGB(x, y, image.getRGB(x * image.getWidth() / width, y * image.getHeight() / height));
            }
        }
        return large;
    }

    private static BufferedImage seen(Image image) {
        var seen = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) seen.setRGB(x, y, colour(image, y, x).getRGB());
        }
        return seen;
    }

    private static Color colour(Image image, int y, int x) {
        int last = image.channels() - 1;
        return new Color(image.at(y, x, 0), image.at(y, x, Math.min(1, last)), image.at(y, x, Math.min(2, last)));
    }

    private static BufferedImage over(Image image, Attribution pixels) {
        double range = Colours.range(pixels.values());
        var over = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                double value = pixels.values()[y * image.width() + x] / range;
                over.setRGB(x, y, laid(colour(image, y, x), value).getRGB());
            }
        }
        return over;
    }

    /** The gray of a pixel, pale, and the colour of its contribution as strong as that is. */
    private static Color laid(Color pixel, double value) {
        double luma = 0.299 * pixel.getRed() + 0.587 * pixel.getGreen() + 0.114 * pixel.getBlue();
        double gray = 255 - 0.35 * (255 - luma);
        double strength = 0.85 * Math.min(1, Math.abs(value));
        var full = Colours.of(value);
        return new Color(mix(gray, full.getRed(), strength), mix(gray, full.getGreen(), strength),
                mix(gray, full.getBlue(), strength));
    }

    private static int mix(double gray, int full, double strength) {
        return (int) Math.round(gray + (full - gray) * strength);
    }
}
