package dev.merapi.data;

import java.util.random.RandomGenerator;

/** A random change of a sample, such as a crop. All its randomness must come from the generator. */
@FunctionalInterface
public interface RandomTransform<E> {
    /** A changed sample; the same for the same numbers of {@code random}. */
    E apply(E sample, RandomGenerator random);

    /** This transform, then another. */
    default RandomTransform<E> then(RandomTransform<E> next) {
        return (sample, random) -> next.apply(apply(sample, random), random);
    }
}
