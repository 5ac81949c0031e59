package dev.merapi.vision.transform;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.Image;
import java.util.random.RandomGenerator;

/**
 * Resizing, with antialiasing when it shrinks: the filter is then widened by the scale, so that every pixel of the
 * source counts. Horizontally first and rounded in between, in fixed point; the result equals Pillow's {@code resize},
 * and so torchvision's on Pillow images, bit by bit.
 */
public record Resize(int height, int width, Filter filter) implements Geometric {
    /** How much a pixel counts by its distance. */
    public enum Filter {
        /** A triangle over two pixels. */
        BILINEAR(2, 1),
        /** A cubic curve over four, sharper, whose edges are below 0 (Keys 1981, a = -0.5). */
        BICUBIC(3, 2);

        /** Pillow's, in files. */
        final int number;
        private final int reach; // on each side

        Filter(int number, int reach) {
            this.number = number;
            this.reach = reach;
        }

        private double at(double x) {
            double d = Math.abs(x);
            if (this == BILINEAR) return Math.max(1 - d, 0);
            return d < 1 ? (1.5 * d - 2.5) * d * d + 1 : d < 2 ? (((d - 5) * d + 8) * d - 4) * -0.5 : 0;
        }
    }

    /** Fraction bits that leave 8 for the pixel and 2 for the sum's overshoot in an int, as in Pillow. */
    private static final int PRECISION = 32 - 8 - 2;

    /** As many as {@code Image.read} takes: a long thin image becomes a large one. */
    private static final long MAX_PIXELS = 178_956_970;

    public Resize {
        Expect.atLeast("Resize.height", 1, height);
        Expect.atLeast("Resize.width", 1, width);
    }

    /** By {@link Filter#BILINEAR}. */
    public Resize(int height, int width) { this(height, width, Filter.BILINEAR); }

    /** To a square; the aspect ratio is not kept, see {@link #shorterSide}. */
    public Resize(int size) { this(size, size); }

    /** Resizes so that the shorter side becomes {@code size} and the longer one keeps its ratio, rounded down. */
    public static Geometric shorterSide(int size) { return shorterSide(size, Filter.BILINEAR); }

    /** As {@link #shorterSide(int)}, by another filter. */
    public static Geometric shorterSide(int size, Filter filter) {
        Expect.atLeast("Resize.shorterSide", 1, size);
        return (image, _) -> {
            int h = image.height();
            int w = image.width();
            long longer = (long) size * Math.max(h, w) / Math.min(h, w);
            if (longer * size > MAX_PIXELS) {
                throw new IllegalArgumentException("Resize.shorterSide: expected an image that becomes at most "
                        + MAX_PIXELS + " pixels. Received " + image + ", which becomes " + size + " x " + longer
                        + "; crop it first.");
            }
            return new Resized(h, w, h < w ? new Resize(size, (int) longer, filter)
                    : new Resize((int) longer, size, filter));
        };
    }

    @Override public Move draw(Image image, RandomGenerator random) {
        return new Resized(image.height(), image.width(), this);
    }

    Image of(Image image) {
        Image wide = image.width() == width ? image : horizontally(image);
        return wide.height() == height ? wide : vertically(wide);
    }

    private Image horizontally(Image in) {
        var weights = Weights.of(in.width(), width, filter);
        int channels = in.channels();
        var out = new Image(in.height(), width, channels);
        int o = 0;
        for (int y = 0; y < in.height(); y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < channels; c++) {
                    int start = (y * in.width() + weights.from[x]) * channels + c;
                    out.pixels()[o++] = weighted(in.pixels(), start, channels, weights.of[x]);
                }
            }
        }
        return out;
    }

    private Image vertically(Image in) {
        var weights = Weights.of(in.height(), height, filter);
        int row = in.width() * in.channels();
        var out = new Image(height, in.width(), in.channels());
        for (int y = 0, o = 0; y < height; y++) {
            for (int x = 0; x < row; x++) {
                out.pixels()[o++] = weighted(in.pixels(), weights.from[y] * row + x, row, weights.of[y]);
            }
        }
        return out;
    }

    private static byte weighted(byte[] pixels, int start, int stride, int[] weights) {
        int sum = 1 << (PRECISION - 1);
        for (int k = 0, i = start; k < weights.length; k++, i += stride) sum += (pixels[i] & 0xFF) * weights[k];
        return (byte) Math.clamp(sum >> PRECISION, 0, 255);
    }

    /** For each target position the first source position and the weights from there on. */
    private record Weights(int[] from, int[][] of) {
        static Weights of(int source, int target, Filter filter) {
            double scale = (double) source / target;
            double wider = Math.max(scale, 1), reach = wider * filter.reach;
            var weights = new Weights(new int[target], new int[target][]);
            for (int i = 0; i < target; i++) {
                double center = (i + 0.5) * scale;
                int from = Math.max((int) (center - reach + 0.5), 0);
                int to = Math.min((int) (center + reach + 0.5), source);
                var curve = new double[to - from];
                double sum = 0;
                for (int k = 0; k < curve.length; k++) {
                    curve[k] = filter.at((k + from - center + 0.5) / wider);
                    sum += curve[k];
                }
                weights.from[i] = from;
                weights.of[i] = new int[curve.length];
                for (int k = 0; k < curve.length; k++) {
                    double weight = curve[k] / sum * (1 << PRECISION);
                    weights.of[i][k] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
                }
            }
            return weights;
        }
    }
}
