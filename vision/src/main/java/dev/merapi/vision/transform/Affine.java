package dev.merapi.vision.transform;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabelMask;
import java.util.Arrays;

/**
 * Turns, stretches, slants and shifts: a point (x, y) of the new picture shows what was at (a x + b y + c,
 * d x + e y + f). Bilinear; what comes from outside is black. Pixel (0, 0) covers the unit square at the origin.
 *
 * @param height of the new picture
 * @param width of the new picture
 */
public record Affine(double a, double b, double c, double d, double e, double f, int height, int width)
        implements Move {
    /** @throws IllegalArgumentException if all points would fall on a line, or a number is not finite */
    public Affine {
        double area = a * e - b * d;
        if (!(Math.abs(area) > 0 && Math.abs(area) < Double.POSITIVE_INFINITY && Double.isFinite(c + f))) {
            throw new IllegalArgumentException("Affine: expected a map that can be undone. Received a "
                    + Arrays.toString(new double[] {a, b, c, d, e, f}));
        }
        Expect.atLeast("Affine.height", 1, height);
        Expect.atLeast("Affine.width", 1, width);
    }

    /** Turns about the middle, counter-clockwise. */
    public static Affine rotation(Image image, double degrees) {
        double cos = Math.cos(Math.toRadians(degrees));
        double sin = Math.sin(Math.toRadians(degrees));
        return about(image, cos, -sin, sin, cos, 0, 0);
    }

    /** Slants about the top left corner: a row goes to the right by {@code x} of its distance to the top, and so on. */
    public static Affine shear(Image image, double x, double y) {
        double area = 1 - x * y;
        return new Affine(1 / area, -x / area, 0, -y / area, 1 / area, 0, image.height(), image.width());
    }

    /** Moves to the right and down, in pixels. */
    public static Affine shift(Image image, double x, double y) {
        return new Affine(1, 0, -x, 0, 1, -y, image.height(), image.width());
    }

    /** The linear map from new to old distances from the middle, which moves by (x, y). */
    static Affine about(Image image, double a, double b, double d, double e, double x, double y) {
        double midX = image.width() / 2.0;
        double midY = image.height() / 2.0;
        return new Affine(a, b, midX - a * (midX + x) - b * (midY + y), d, e, midY - d * (midX + x) - e * (midY + y),
                image.height(), image.width());
    }

    @Override public Image of(Image image) {
        var out = new Image(height, width, image.channels());
        for (int y = 0, o = 0; y < height; y++) {
            for (int x = 0; x < width; x++, o += image.channels()) {
                double u = x + 0.5;
                double v = y + 0.5;
                sample(image, a * u + b * v + c, d * u + e * v + f, out.pixels(), o);
            }
        }
        return out;
    }

    /** Writes all channels at a point. */
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

    @Override public Box of(Box box) {
        double[] x = new double[4];
        double[] y = new double[4];
        for (int corner = 0; corner < 4; corner++) {
            double u = (corner % 2 == 0 ? box.left() : box.right()) - c;
            double v = (corner < 2 ? box.top() : box.bottom()) - f;
            x[corner] = (e * u - b * v) / (a * e - b * d);
            y[corner] = (a * v - d * u) / (a * e - b * d);
        }
        Arrays.sort(x);
        Arrays.sort(y);
        return new Box(x[0], y[0], x[3], y[3]);
    }

    @Override public LabelMask of(LabelMask mask) {
        var out = new LabelMask(height, width);
        for (int y = 0, o = 0; y < height; y++) {
            for (int x = 0; x < width; x++, o++) {
                double u = a * (x + 0.5) + b * (y + 0.5) + c;
                double v = d * (x + 0.5) + e * (y + 0.5) + f;
                boolean inside = u >= 0 && v >= 0 && u < mask.width() && v < mask.height();
                out.classes()[o] = (byte) (inside ? mask.at((int) v, (int) u) : LabelMask.IGNORED);
            }
        }
        return out;
    }
}
