package dev.merapi.vision.transform;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabelMask;
import java.util.random.RandomGenerator;

/**
 * Brings pictures of any size and shape to one size: as large as fits without changing their shape, in the top left
 * corner, gray (114) on what is left to the right or below. Nothing is cut off; boxes and masks can be brought back.
 */
public record Letterbox(int height, int width) implements Geometric {
    private static final int GRAY = 114; // as in YOLO: near the mean of photos

    public Letterbox {
        Expect.atLeast("Letterbox.height", 1, height);
        Expect.atLeast("Letterbox.width", 1, width);
    }

    /** To a square. */
    public Letterbox(int size) { this(size, size); }

    @Override public Move draw(Image image, RandomGenerator random) {
        return new Resized(image.height(), image.width(), inner(image.height(), image.width()))
                .then(new Crop(0, 0, height, width, GRAY));
    }

    /** How large a picture becomes. */
    private Resize inner(int fromHeight, int fromWidth) {
        double factor = Math.min((double) height / fromHeight, (double) width / fromWidth);
        return new Resize(Math.clamp(Math.round(fromHeight * factor), 1, height),
                Math.clamp(Math.round(fromWidth * factor), 1, width));
    }

    /** A box in what came of a picture of a size, as a box in that picture; cut to its edges. */
    public Box undo(Box box, int fromHeight, int fromWidth) {
        Resize inner = inner(fromHeight, fromWidth);
        return box.scale((double) fromWidth / inner.width(), (double) fromHeight / inner.height())
                .clip(fromHeight, fromWidth);
    }

    /** A mask of what came of a picture of a size, as a mask of that picture. */
    public LabelMask undo(LabelMask mask, int fromHeight, int fromWidth) {
        Resize inner = inner(fromHeight, fromWidth);
        LabelMask shown = new Crop(0, 0, inner.height(), inner.width()).of(mask);
        return new Resized(inner.height(), inner.width(), new Resize(fromHeight, fromWidth)).of(shown);
    }
}
