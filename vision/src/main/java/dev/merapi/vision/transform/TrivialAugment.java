package dev.merapi.vision.transform;

import java.util.random.RandomGenerator;

/**
 * One operation of any strength: nothing to set, and as good (Müller and Hutter 2021, "TrivialAugment",
 * arXiv:2103.10158, its wide ranges, as in torchvision). Boxes and masks move with the picture.
 */
public record TrivialAugment() implements Policy {
    @Override public Transform choose(RandomGenerator random) {
        var operation = RandAugment.any(random);
        double strength = random.nextInt(RandAugment.STRONGEST + 1) / (double) RandAugment.STRONGEST;
        return operation.of(strength, Operation.Reach.WIDE, random);
    }
}
