package dev.merapi.vision.transform;

import dev.merapi.vision.Image;
import java.util.random.RandomGenerator;

/**
 * Turns an image about its middle, by an angle drawn uniformly from {@code -degrees} to {@code degrees}; positive is
 * counter-clockwise. Bilinear; what comes from outside is black, and the size stays.
 */
public record RandomRotation(double degrees) implements Transform {
    public RandomRotation { Checks.notNegative("RandomRotation.degrees", degrees); }

    @Override public Image apply(Image image, RandomGenerator random) {
        return rotate(image, (2 * random.nextDouble() - 1) * degrees);
    }

    /** Turns counter-clockwise by a given angle. */
    public static Image rotate(Image image, double degrees) {
        double cos = Math.cos(Math.toRadians(degrees));
        double sin = Math.sin(Math.toRadians(degrees));
        double middleX = image.width() / 2.0;
        double middleY = image.height() / 2.0;
        var out = new Image(image.height(), image.width(), image.channels());
        for (int y = 0, o = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++, o += image.channels()) {
                double dx = x + 0.5 - middleX;
                double dy = y + 0.5 - middleY;
                sample(image, middleX + cos * dx - sin * dy, middleY + sin * dx + cos * dy, out.pixels(), o);
            }
        }
        return out;
    }

    /** Writes all channels at a point, where pixel (0, 0) covers the unit square at the origin. */
    private static void sample(Image image, double x, double y, byte[] out, int o) {
        if (x < 0 || y < 0 || x >= image.width() || y >= image.height()) return;
        int left = (int) Math.floor(x - 0.5);
        int top = (int) Math.floor(y - 0.5);
        double dx = x - 0.5 - left;
        double dy = y - 0.5 - top;
        int x0 = Math.max(left, 0);
        int y0 = Math.max(top, 0);
        int x1 = Math.min(left + 1, image.width() - 1);
        int y1 = Math.min(top + 1, image.height() - 1);
        for (int c = 0; c < image.channels(); c++) {
            double above = image.at(y0, x0, c) * (1 - dx) + image.at(y0, x1, c) * dx;
            double below = image.at(y1, x0, c) * (1 - dx) + image.at(y1, x1, c) * dx;
            out[o + c] = (byte) Math.round(above * (1 - dy) + below * dy);
        }
    }
}
