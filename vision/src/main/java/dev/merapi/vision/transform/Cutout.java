package dev.merapi.vision.transform;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.Image;
import java.util.random.RandomGenerator;

/**
 * Blanks a square whose middle is anywhere in the image, so that part of it may lie outside (DeVries and Taylor 2017,
 * "Improved Regularization of Convolutional Neural Networks with Cutout").
 *
 * @param size side of the square, in pixels
 * @param fill value of the blanked pixels, 0 to 255
 */
public record Cutout(int size, int fill) implements Transform {
    public Cutout {
        Expect.atLeast("Cutout.size", 1, size);
        Rectangle.checkFill("Cutout.fill", fill);
    }

    /** Blanks with black. */
    public Cutout(int size) { this(size, 0); }

    @Override public Image apply(Image image, RandomGenerator random) {
        int top = random.nextInt(image.height()) - size / 2;
        int left = random.nextInt(image.width()) - size / 2;
        return Rectangle.fill(image, top, left, size, size, fill);
    }
}
