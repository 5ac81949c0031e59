package dev.merapi.vision.transform;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabelMask;
import java.util.Arrays;

/** Cuts out the rectangle from (top, left), which may reach over the edges and has the value {@code fill} there. */
record Crop(int top, int left, int height, int width, int fill) implements Move {
    /** Black outside. */
    Crop(int top, int left, int height, int width) { this(top, left, height, width, 0); }

    @Override public Image of(Image image) {
        int channels = image.channels();
        var out = new Image(height, width, channels);
        if (fill != 0) Arrays.fill(out.pixels(), (byte) fill);
        int from = Math.max(left, 0);
        int count = Math.min(left + width, image.width()) - from;
        for (int y = Math.max(-top, 0); y < height && y + top < image.height() && count > 0; y++) {
            System.arraycopy(image.pixels(), ((y + top) * image.width() + from) * channels,
                    out.pixels(), (y * width + from - left) * channels, count * channels);
        }
        return out;
    }

    @Override public Box of(Box box) { return box.shift(-left, -top); }

    @Override public LabelMask of(LabelMask mask) {
        return LabelMask.of(new Crop(top, left, height, width, LabelMask.IGNORED).of(mask.toImage()));
    }

    static void checkFits(String what, Image image, int height, int width, String advice) {
        if (image.height() < height || image.width() < width) {
            throw Expect.error(what, "an image of at least " + height + "x" + width, image, advice);
        }
    }
}
