package dev.merapi.vision.data;

import dev.merapi.vision.Box;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with the data of a reader. */
final class Problems {
    /** Tools round so far over the edges. */
    private static final double ROUNDING = 1 + 1e-6;

    private final OnError onError;
    private final List<String> skipped = new ArrayList<>();

    Problems(OnError onError) { this.onError = onError; }

    boolean isSkipping() { return onError == OnError.SKIP; }

    /** Ends the reading, or notes what is left out. */
    void found(Path file, String problem) {
        String message = file + ": " + problem;
        if (!isSkipping()) {
            throw new IllegalArgumentException(message + " Mend the file, or leave out what is wrong by"
                    + " on_error=skip.");
        }
        skipped.add(message);
    }

    List<String> skipped() { return List.copyOf(skipped); }

    /**
     * A box with a rounding error cut off, or null for one that is skipped.
     *
     * @param what names the thing, such as {@code object 3 (dog)}
     */
    Box checked(Path file, String what, double left, double top, double right, double bottom, int height, int width) {
        String sides = "(" + left + ", " + top + ", " + right + ", " + bottom + ")";
        if (!(right > left && bottom > top)) { // NaN too
            found(file, what + ": expected a box with an area, left, top, right, bottom. Received " + sides + ".");
            return null;
        }
        boolean inside = left >= -ROUNDING && top >= -ROUNDING && right <= width + ROUNDING
                && bottom <= height + ROUNDING;
        Box box = inside ? new Box(left, top, right, bottom).clip(height, width) : null;
        if (box != null && box.area() > 0) return box;
        found(file, what + ": expected a box inside the picture of " + width + " x " + height + ". Received " + sides
                + ".");
        return null;
    }
}
