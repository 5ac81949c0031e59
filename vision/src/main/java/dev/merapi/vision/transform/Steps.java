package dev.merapi.vision.transform;

import dev.merapi.vision.Image;
import dev.merapi.vision.Scene;
import java.util.List;
import java.util.random.RandomGenerator;

/** Transforms one after the other. */
record Steps(List<Transform> steps) implements Transform {
    @Override public Image apply(Image image, RandomGenerator random) {
        Image result = image;
        for (Transform step : steps) result = step.apply(result, random);
        return result;
    }

    @Override public Scene apply(Scene scene, RandomGenerator random) {
        Scene result = scene;
        for (Transform step : steps) result = step.apply(result, random);
        return result;
    }
}
