package dev.merapi.vision.pipeline;

import dev.merapi.vision.Box;

/**
 * A thing that was found in a picture.
 *
 * @param score how sure the model is, 0 to 1
 * @param box in pixels of the picture
 */
public record Detection(String label, double score, Box box) {
    /** Such as {@code dog 92.1 % at (12, 30, 100, 84)}. */
    @Override public String toString() {
        return "%s %.1f %% at (%d, %d, %d, %d)".formatted(label, 100 * score, Math.round(box.left()),
                Math.round(box.top()), Math.round(box.right()), Math.round(box.bottom()));
    }
}
