package dev.merapi.vision.transform;

import dev.merapi.vision.Image;

/** Cuts rectangles out of images. */
final class Crop {
    private Crop() {}

    /** The rectangle from (top, left), which may reach over the edges; black there. */
    static Image of(Image image, int top, int left, int height, int width) {
        int channels = image.channels();
        var out = new Image(height, width, channels);
        int from = Math.max(left, 0);
        int count = Math.min(left + width, image.width()) - from;
        for (int y = Math.max(-top, 0); y < height && y + top < image.height() && count > 0; y++) {
            System.arraycopy(image.pixels(), ((y + top) * image.width() + from) * channels,
                    out.pixels(), (y * width + from - left) * channels, count * channels);
        }
        return out;
    }

    static void checkFits(String what, Image image, int height, int width, String advice) {
        if (image.height() < height || image.width() < width) {
            throw new IllegalArgumentException(what + ": expected an image of at least " + height + "x" + width
                    + ". Received " + image + "; " + advice);
        }
    }
}
