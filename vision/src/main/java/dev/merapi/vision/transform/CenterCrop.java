package dev.merapi.vision.transform;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.Image;
import java.util.random.RandomGenerator;

/**
 * Cuts out the middle. Where the border is odd, half of it is rounded to the even number, as in torchvision.
 * A smaller image is an {@link IllegalArgumentException}.
 */
public record CenterCrop(int height, int width) implements Geometric {
    public CenterCrop {
        Expect.atLeast("CenterCrop.height", 1, height);
        Expect.atLeast("CenterCrop.width", 1, width);
    }

    /** A square. */
    public CenterCrop(int size) { this(size, size); }

    @Override public Move draw(Image image, RandomGenerator random) {
        Crop.checkFits("CenterCrop", image, height, width, "resize it first");
        return of(image.height(), image.width());
    }

    /** Of pictures of a size. */
    Crop of(int fromHeight, int fromWidth) {
        int top = (int) Math.rint((fromHeight - height) / 2.0);
        int left = (int) Math.rint((fromWidth - width) / 2.0);
        return new Crop(top, left, height, width);
    }
}
