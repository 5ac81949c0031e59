package dev.merapi.vision.transform;

import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabelMask;

/** Mirrors pictures of a width left and right. */
public record Flip(int width) implements Move {
    @Override public Image of(Image image) {
        int channels = image.channels();
        var out = new Image(image.height(), image.width(), channels);
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                int from = (y * image.width() + x) * channels;
                int to = (y * image.width() + image.width() - 1 - x) * channels;
                for (int c = 0; c < channels; c++) out.pixels()[to + c] = image.pixels()[from + c];
            }
        }
        return out;
    }

    @Override public Box of(Box box) {
        return new Box(width - box.right(), box.top(), width - box.left(), box.bottom());
    }

    @Override public LabelMask of(LabelMask mask) { return LabelMask.of(of(mask.toImage())); }
}
