package dev.merapi.explain.lime;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.Image;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Superpixels: connected parts of a picture of about one colour, by clustering pixels by place and colour (Achanta et
 * al. 2012, "SLIC Superpixels Compared to State-of-the-Art Superpixel Methods").
 *
 * @param parts how many, about
 * @param compactness how much place counts beside colour: 10 for parts that follow edges, 40 for squarer ones
 */
public record Slic(int parts, double compactness) {
    private static final int ROUNDS = 10;

    /** About 50, with compactness 10. */
    public Slic() { this(50, 10); }

    public Slic {
        Expect.atLeast("Slic.parts", 1, parts);
        Expect.positive("Slic.compactness", compactness);
    }

    /** The number of the part that each pixel belongs to, from 0 without gaps, row by row. */
    public int[] of(Image image) {
        int height = image.height(), width = image.width();
        double step = Math.max(1, Math.sqrt((double) height * width / parts));
        var lab = lab(image);
        int rows = Math.max(1, (int) Math.round(height / step));
        int columns = Math.max(1, (int) Math.round(width / step));
        var centres = new double[rows * columns][];
        for (int i = 0; i < centres.length; i++) {
            int y = (int) ((i / columns + 0.5) * height / rows), x = (int) ((i % columns + 0.5) * width / columns);
            double[] colour = lab[y * width + x];
            centres[i] = new double[] {colour[0], colour[1], colour[2], y, x};
        }
        var labels = new int[height * width];
        for (int round = 0; round < ROUNDS; round++) {
            assign(lab, height, width, step, centres, labels);
            move(lab, width, centres, labels);
        }
        return connected(labels, height, width, (int) (step * step / 4));
    }

    private void assign(double[][] lab, int height, int width, double step, double[][] centres, int[] labels) {
        var nearest = new double[labels.length];
        Arrays.fill(nearest, Double.MAX_VALUE);
        double place = compactness * compactness / (step * step);
        int reach = (int) Math.ceil(2 * step);
        for (int c = 0; c < centres.length; c++) {
            double[] centre = centres[c];
            for (int y = Math.max(0, (int) centre[3] - reach); y < Math.min(height, centre[3] + reach); y++) {
                for (int x = Math.max(0, (int) centre[4] - reach); x < Math.min(width, centre[4] + reach); x++) {
                    double[] colour = lab[y * width + x];
                    double distance = square(colour[0] - centre[0]) + square(colour[1] - centre[1])
                            + square(colour[2] - centre[2]) + place * (square(y - centre[3]) + square(x - centre[4]));
                    if (distance >= nearest[y * width + x]) continue;
                    nearest[y * width + x] = distance;
                    labels[y * width + x] = c;
                }
            }
        }
    }

    private static double square(double value) { return value * value; }

    private static void move(double[][] lab, int width, double[][] centres, int[] labels) {
        var sums = new double[centres.length][6];
        for (int i = 0; i < labels.length; i++) {
            double[] sum = sums[labels[i]];
            for (int k = 0; k < 3; k++) sum[k] += lab[i][k];
            sum[3] += i / width;
            sum[4] += i % width;
            sum[5]++;
        }
        for (int c = 0; c < centres.length; c++) {
            if (sums[c][5] == 0) continue;
            for (int k = 0; k < 5; k++) centres[c][k] = sums[c][k] / sums[c][5];
        }
    }

    /** Each connected part gets a number of its own; one that is too small joins the part before it. */
    private static int[] connected(int[] labels, int height, int width, int least) {
        var parts = new int[labels.length];
        Arrays.fill(parts, -1);
        int next = 0;
        for (int i = 0; i < labels.length; i++) {
            if (parts[i] >= 0) continue;
            int before = i % width > 0 ? parts[i - 1] : i >= width ? parts[i - width] : -1;
            int size = fill(labels, parts, i, next, height, width);
            if (size < least && before >= 0) {
                for (int j = i; j < parts.length; j++) if (parts[j] == next) parts[j] = before;
            } else {
                next++;
            }
        }
        return parts;
    }

    private static int fill(int[] labels, int[] parts, int from, int part, int height, int width) {
        var queue = new ArrayDeque<Integer>();
        queue.add(from);
        parts[from] = part;
        int size = 0;
        while (!queue.isEmpty()) {
            int at = queue.remove();
            size++;
            int y = at / width, x = at % width;
            if (y > 0) visit(labels, parts, at - width, at, part, queue);
            if (y < height - 1) visit(labels, parts, at + width, at, part, queue);
            if (x > 0) visit(labels, parts, at - 1, at, part, queue);
            if (x < width - 1) visit(labels, parts, at + 1, at, part, queue);
        }
        return size;
    }

    private static void visit(int[] labels, int[] parts, int to, int from, int part, ArrayDeque<Integer> queue) {
        if (parts[to] >= 0 || labels[to] != labels[from]) return;
        parts[to] = part;
        queue.add(to);
    }

    /** CIE L*a*b* of each pixel, by sRGB's white D65. */
    private static double[][] lab(Image image) {
        var lab = new double[image.height() * image.width()][];
        int last = image.channels() - 1;
        for (int i = 0; i < lab.length; i++) {
            int y = i / image.width(), x = i % image.width();
            double r = linear(image.at(y, x, 0)), g = linear(image.at(y, x, Math.min(1, last)));
            double b = linear(image.at(y, x, Math.min(2, last)));
            double fx = root((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
            double fy = root(0.2126 * r + 0.7152 * g + 0.0722 * b);
            double fz = root((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
            lab[i] = new double[] {116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)};
        }
        return lab;
    }

    private static double linear(int value) {
        double share = value / 255.0;
        return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    }

    private static double root(double t) { return t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116.0; }
}
