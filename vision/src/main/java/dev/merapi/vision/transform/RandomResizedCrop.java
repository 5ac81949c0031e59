package dev.merapi.vision.transform;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabelMask;
import java.util.random.RandomGenerator;

/**
 * Cuts out a rectangle of random area, shape and place, and resizes it: how networks for ImageNet are trained (Szegedy
 * et al. 2014, "Going Deeper with Convolutions", arXiv:1409.4842; drawn as torchvision does). Where no such rectangle
 * is found, as in very long pictures, it is the largest in the middle whose shape is allowed.
 *
 * @param least part of the picture's area that is cut out, at least
 * @param most part of its area, at most
 * @param stretch the rectangle is at most so many times as wide as it is high, or as high as it is wide
 */
public record RandomResizedCrop(int height, int width, double least, double most, double stretch, Resize.Filter filter)
        implements Geometric {
    private static final int TRIES = 10;

    public RandomResizedCrop {
        Expect.atLeast("RandomResizedCrop.height", 1, height);
        Expect.atLeast("RandomResizedCrop.width", 1, width);
        Expect.that(least > 0 && least <= most && most <= 1, "RandomResizedCrop",
                "parts of an area above 0 and at most 1, the least first", least + " and " + most);
        Expect.that(stretch >= 1 && stretch < Double.POSITIVE_INFINITY, "RandomResizedCrop.stretch", "1 or more",
                stretch);
    }

    /** To a square: 8 % of the area to all of it, and sides as 3 to 4 at most; bilinear. */
    public RandomResizedCrop(int size) { this(size, size, 0.08, 1, 4 / 3.0, Resize.Filter.BILINEAR); }

    @Override public Move draw(Image image, RandomGenerator random) {
        int h = image.height(), w = image.width();
        for (int i = 0; i < TRIES; i++) {
            double area = (least + random.nextDouble() * (most - least)) * h * w;
            double ratio = Math.exp((2 * random.nextDouble() - 1) * Math.log(stretch)); // width to height
            int cutHeight = (int) Math.round(Math.sqrt(area / ratio));
            int cutWidth = (int) Math.round(Math.sqrt(area * ratio));
            if (cutHeight < 1 || cutWidth < 1 || cutHeight > h || cutWidth > w) continue;
            return move(random.nextInt(h - cutHeight + 1), random.nextInt(w - cutWidth + 1), cutHeight, cutWidth);
        }
        int cutHeight = Math.clamp(Math.round(w * stretch), 1, h), cutWidth = Math.clamp(Math.round(h * stretch), 1, w);
        return move((h - cutHeight) / 2, (w - cutWidth) / 2, cutHeight, cutWidth);
    }

    private Move move(int top, int left, int cutHeight, int cutWidth) {
        return new CropResized(new Crop(top, left, cutHeight, cutWidth), new Resize(height, width, filter));
    }

    /** A cut inside of the picture, and a resizing, in one: what is cut out is not copied. */
    private record CropResized(Crop cut, Resize to) implements Move {
        @Override public Image of(Image image) { return to.of(image, cut); }

        @Override public Box of(Box box) { return resized().of(cut.of(box)); }

        @Override public LabelMask of(LabelMask mask) { return resized().of(cut.of(mask)); }

        private Resized resized() { return new Resized(cut.height(), cut.width(), to); }
    }
}
