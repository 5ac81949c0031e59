package dev.merapi.vision.transform;

import dev.merapi.vision.Image;
import dev.merapi.vision.Scene;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A map from image to image that leaves its input as it is. All its chance comes from the generator. One that moves
 * pixels to other places is {@link Geometric}, so that boxes and masks can go with them.
 */
@FunctionalInterface
public interface Transform {
    /** The image as it is. */
    Transform NONE = (image, _) -> image;

    /** A changed image, or the same; what is left to chance follows from {@code random}. */
    Image apply(Image image, RandomGenerator random);

    /**
     * A picture with its boxes and mask, which stay in place unless this is {@link Geometric}.
     *
     * @throws IllegalArgumentException if the picture's size has changed, and this is not
     */
    default Scene apply(Scene scene, RandomGenerator random) {
        Image before = scene.image();
        Image after = apply(before, random);
        if (after.height() == before.height() && after.width() == before.width()) return scene.with(after);
        throw new IllegalArgumentException("Transform: expected a transform of scenes to leave pixels in their places,"
                + " or to be Geometric, so that boxes can follow. Received " + before + " and " + after);
    }

    /** One after the other. */
    static Transform of(Transform... steps) { return new Steps(List.of(steps)); }

    /** This transform, then another. */
    default Transform then(Transform next) { return of(this, next); }
}
