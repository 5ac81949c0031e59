package dev.merapi.vision.transform;

import dev.merapi.vision.Image;
import dev.merapi.vision.Scene;
import java.util.random.RandomGenerator;

/**
 * A transform that moves pixels to other places. It draws what it does first, so that boxes and masks go where the
 * picture's pixels go.
 *
 * <pre>{@code
 * Geometric tilt = (image, random) -> Affine.rotation(image, random.nextDouble(-10, 10));
 * Scene seen = tilt.apply(scene, random);
 * }</pre>
 */
@FunctionalInterface
public interface Geometric extends Transform {
    /** The move for a picture, of which the size alone should matter. */
    Move draw(Image image, RandomGenerator random);

    @Override default Image apply(Image image, RandomGenerator random) { return draw(image, random).of(image); }

    @Override default Scene apply(Scene scene, RandomGenerator random) {
        return draw(scene.image(), random).of(scene);
    }
}
