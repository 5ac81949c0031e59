package dev.merapi.vision.transform;

import dev.merapi.vision.Image;
import dev.merapi.vision.Scene;
import java.util.random.RandomGenerator;

/** A transform that chooses others by chance. */
interface Policy extends Transform {
    Transform choose(RandomGenerator random);

    @Override default Image apply(Image image, RandomGenerator random) { return choose(random).apply(image, random); }

    @Override default Scene apply(Scene scene, RandomGenerator random) { return choose(random).apply(scene, random); }
}
