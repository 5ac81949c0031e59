package dev.merapi.vision.transform;

import dev.merapi.vision.Image;
import java.util.List;
import java.util.random.RandomGenerator;

/** A map from image to image that leaves its input as it is. All its chance comes from the generator. */
@FunctionalInterface
public interface Transform {
    /** The image as it is. */
    Transform NONE = (image, _) -> image;

    Image apply(Image image, RandomGenerator random);

    /** One after the other. */
    static Transform of(Transform... steps) {
        var list = List.of(steps);
        return (image, random) -> {
            Image result = image;
            for (Transform step : list) result = step.apply(result, random);
            return result;
        };
    }

    /** This transform, then another. */
    default Transform then(Transform next) { return of(this, next); }
}
