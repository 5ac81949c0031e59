package dev.merapi.vision.transform;

import dev.merapi.tensor.Expect;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Some operations of one strength, each drawn from all fourteen (Cubuk et al. 2019, "RandAugment", arXiv:1909.13719;
 * ranges as in torchvision). Boxes and masks move with the picture.
 *
 * @param count operations, one after the other
 * @param magnitude their strength, 0 to 30
 */
public record RandAugment(int count, int magnitude) implements Policy {
    static final int STRONGEST = 30;
    private static final int OPERATIONS = Operation.INVERT.ordinal(); // all before

    public RandAugment {
        Expect.atLeast("RandAugment.count", 1, count);
        if (magnitude < 0 || magnitude > STRONGEST) {
            throw new IllegalArgumentException("RandAugment.magnitude: expected 0 to " + STRONGEST + ". Received "
                    + magnitude);
        }
    }

    /** Two operations of magnitude 9, as the paper has it for ImageNet. */
    public RandAugment() { this(2, 9); }

    @Override public Transform choose(RandomGenerator random) {
        return Transform.of(IntStream.range(0, count).mapToObj(_ -> any(random)
                .of((double) magnitude / STRONGEST, Operation.Reach.NARROW, random)).toArray(Transform[]::new));
    }

    /** Any operation but the negative. */
    static Operation any(RandomGenerator random) { return Operation.values()[random.nextInt(OPERATIONS)]; }
}
