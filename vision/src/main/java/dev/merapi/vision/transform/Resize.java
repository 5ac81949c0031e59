package dev.merapi.vision.transform;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.Image;
import java.util.random.RandomGenerator;

/**
 * Resizing, by the usual filters with antialiasing when it shrinks: the filter is then widened by the scale, so that
 * every pixel of the source counts. Horizontally first and rounded in between, in fixed point; the result equals
 * Pillow's {@code resize}, and so torchvision's on Pillow images, bit by bit.
 */
public record Resize(int height, int width, Filter filter) implements Geometric {
    /** How much a pixel counts by its distance. */
    public enum Filter {
        /** The nearest pixel alone, without antialiasing. */
        NEAREST(0, 0),
        /** A triangle over two pixels. */
        BILINEAR(2, 1),
        /** A cubic curve over four, sharper, whose edges are below 0 (Keys 1981, a = -0.5). */
        BICUBIC(3, 2);

        /** Pillow's, in files. */
        final int number;
        final int reach; // on each side

        Filter(int number, int reach) {
            this.number = number;
            this.reach = reach;
        }

        double at(double x) {
            double d = Math.abs(x);
            if (this == BILINEAR) return Math.max(1 - d, 0);
            return d < 1 ? (1.5 * d - 2.5) * d * d + 1 : d < 2 ? (((d - 5) * d + 8) * d - 4) * -0.5 : 0;
        }
    }

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
        return (image, _) -> new Resized(image.height(), image.width(), shorterSide(image, size, filter));
    }

    /** What a picture has to be resized to, so that its shorter side becomes {@code size}. */
    static Resize shorterSide(Image image, int size, Filter filter) {
        int h = image.height();
        int w = image.width();
        long longer = (long) size * Math.max(h, w) / Math.min(h, w);
        if (longer * size > MAX_PIXELS) {
            throw new IllegalArgumentException("Resize.shorterSide: expected an image that becomes at most "
                    + MAX_PIXELS + " pixels. Received " + image + ", which becomes " + size + " x " + longer
                    + "; crop it first.");
        }
        return h < w ? new Resize(size, (int) longer, filter) : new Resize((int) longer, size, filter);
    }

    @Override public Move draw(Image image, RandomGenerator random) {
        return new Resized(image.height(), image.width(), this);
    }

    Image of(Image image) {
        boolean same = image.height() == height && image.width() == width;
        return same ? image : part(image, new Crop(0, 0, height, width));
    }

    /** A rectangle inside of a picture, brought to this size; the rest is not looked at. */
    Image of(Image image, Crop inside) { return Resampling.of(inside, this, new Crop(0, 0, height, width)).of(image); }

    /** A part of what {@link #of(Image)} gives, which alone is computed. */
    Image part(Image image, Crop part) {
        return Resampling.of(new Crop(0, 0, image.height(), image.width()), this, part).of(image);
    }
}
