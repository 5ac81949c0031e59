package dev.merapi.vision.transform;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.Image;
import java.util.random.RandomGenerator;

/**
 * Cuts out a rectangle at a uniformly random place, after adding {@code padding} black pixels on each side.
 * An image that is smaller even so is an {@link IllegalArgumentException}.
 */
public record RandomCrop(int height, int width, int padding) implements Geometric {
    public RandomCrop {
        Expect.atLeast("RandomCrop.height", 1, height);
        Expect.atLeast("RandomCrop.width", 1, width);
        Expect.atLeast("RandomCrop.padding", 0, padding);
    }

    /** A square. */
    public RandomCrop(int size, int padding) { this(size, size, padding); }

    @Override public Move draw(Image image, RandomGenerator random) {
        Crop.checkFits("RandomCrop", image, height - 2 * padding, width - 2 * padding, "resize it first, or pad more");
        int top = random.nextInt(image.height() + 2 * padding - height + 1) - padding;
        int left = random.nextInt(image.width() + 2 * padding - width + 1) - padding;
        return new Crop(top, left, height, width);
    }
}
