package dev.merapi.vision.transform;

import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabelMask;

/** Brings pictures of one size to another. */
record Resized(int fromHeight, int fromWidth, Resize to) implements Move {
    @Override public Image of(Image image) { return to.of(image); }

    @Override public Box of(Box box) {
        return box.scale((double) to.width() / fromWidth, (double) to.height() / fromHeight);
    }

    @Override public LabelMask of(LabelMask mask) {
        var out = new LabelMask(to.height(), to.width());
        for (int y = 0, o = 0; y < to.height(); y++) {
            int row = (int) ((y + 0.5) * mask.height() / to.height());
            for (int x = 0; x < to.width(); x++) {
                out.classes()[o++] = (byte) mask.at(row, (int) ((x + 0.5) * mask.width() / to.width()));
            }
        }
        return out;
    }
}
