package dev.merapi.vision.transform;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.Image;
import java.util.Arrays;

/** Fills rectangles of images. */
final class Rectangle {
    private Rectangle() {}

    static void checkFill(String what, int fill) {
        Expect.that(fill >= 0 && fill <= 255, what, "a pixel value from 0 to 255", fill);
    }

    /** A copy in which a rectangle has one value; what lies outside the image is left out. */
    static Image fill(Image image, int top, int left, int height, int width, int value) {
        var out = new Image(image.height(), image.width(), image.channels(), image.pixels().clone());
        int from = Math.max(left, 0);
        int to = Math.min(left + width, image.width());
        for (int y = Math.max(top, 0); y < Math.min(top + height, image.height()) && from < to; y++) {
            int row = y * image.width();
            Arrays.fill(out.pixels(), (row + from) * image.channels(), (row + to) * image.channels(), (byte) value);
        }
        return out;
    }
}
