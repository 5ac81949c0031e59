package dev.merapi.vision.transform;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * One of 25 pairs of operations that a search found to be good for a data set, each with its probability and strength
 * (Cubuk et al. 2018, "AutoAugment: Learning Augmentation Policies from Data", arXiv:1805.09501, tables 7 to 9).
 * Boxes and masks move with the picture.
 */
public enum AutoAugment implements Policy {
    IMAGENET("""
            posterize 0.4 8, rotate 0.6 9
            solarize 0.6 5, auto_contrast 0.6 0
            equalize 0.8 0, equalize 0.6 0
            posterize 0.6 7, posterize 0.6 6
            equalize 0.4 0, solarize 0.2 4
            equalize 0.4 0, rotate 0.8 8
            solarize 0.6 3, equalize 0.6 0
            posterize 0.8 5, equalize 1.0 0
            rotate 0.2 3, solarize 0.6 8
            equalize 0.6 0, posterize 0.4 6
            rotate 0.8 8, color 0.4 0
            rotate 0.4 9, equalize 0.6 0
            equalize 0.0 0, equalize 0.8 0
            invert 0.6 0, equalize 1.0 0
            color 0.6 4, contrast 1.0 8
            rotate 0.8 8, color 1.0 2
            color 0.8 8, solarize 0.8 7
            sharpness 0.4 7, invert 0.6 0
            shear_x 0.6 5, equalize 1.0 0
            color 0.4 0, equalize 0.6 0
            equalize 0.4 0, solarize 0.2 4
            solarize 0.6 5, auto_contrast 0.6 0
            invert 0.6 0, equalize 1.0 0
            color 0.6 4, contrast 1.0 8
            equalize 0.8 0, equalize 0.6 0
            """),
    CIFAR10("""
            invert 0.1 0, contrast 0.2 6
            rotate 0.7 2, translate_x 0.3 9
            sharpness 0.8 1, sharpness 0.9 3
            shear_y 0.5 8, translate_y 0.7 9
            auto_contrast 0.5 0, equalize 0.9 0
            shear_y 0.2 7, posterize 0.3 7
            color 0.4 3, brightness 0.6 7
            sharpness 0.3 9, brightness 0.7 9
            equalize 0.6 0, equalize 0.5 0
            contrast 0.6 7, sharpness 0.6 5
            color 0.7 7, translate_x 0.5 8
            equalize 0.3 0, auto_contrast 0.4 0
            translate_y 0.4 3, sharpness 0.2 6
            brightness 0.9 6, color 0.2 8
            solarize 0.5 2, invert 0.0 0
            equalize 0.2 0, auto_contrast 0.6 0
            equalize 0.2 0, equalize 0.6 0
            color 0.9 9, equalize 0.6 0
            auto_contrast 0.8 0, solarize 0.2 8
            brightness 0.1 3, color 0.7 0
            solarize 0.4 5, auto_contrast 0.9 0
            translate_y 0.9 9, translate_y 0.7 9
            auto_contrast 0.9 0, solarize 0.8 3
            equalize 0.8 0, invert 0.1 0
            translate_y 0.7 9, auto_contrast 0.9 0
            """),
    SVHN("""
            shear_x 0.9 4, invert 0.2 0
            shear_y 0.9 8, invert 0.7 0
            equalize 0.6 0, solarize 0.6 6
            invert 0.9 0, equalize 0.6 0
            equalize 0.6 0, rotate 0.9 3
            shear_x 0.9 4, auto_contrast 0.8 0
            shear_y 0.9 8, invert 0.4 0
            shear_y 0.9 5, solarize 0.2 6
            invert 0.9 0, auto_contrast 0.8 0
            equalize 0.6 0, rotate 0.9 3
            shear_x 0.9 4, solarize 0.3 3
            shear_y 0.8 8, invert 0.7 0
            equalize 0.9 0, translate_y 0.6 6
            invert 0.9 0, equalize 0.6 0
            contrast 0.3 3, rotate 0.8 4
            invert 0.8 0, translate_y 0.0 2
            shear_y 0.7 6, solarize 0.4 8
            invert 0.6 0, rotate 0.8 4
            shear_y 0.3 7, translate_x 0.9 3
            shear_x 0.1 6, invert 0.6 0
            solarize 0.7 2, translate_y 0.6 7
            shear_y 0.8 4, invert 0.8 0
            shear_x 0.7 9, translate_y 0.8 3
            shear_y 0.8 5, auto_contrast 0.7 0
            shear_x 0.7 2, invert 0.1 0
            """);

    private static final int STRONGEST = 9;

    /** An operation with its probability and strength, 0 to 9. */
    private record Step(Operation operation, double probability, int strength) {
        static Step of(String text) {
            String[] parts = text.strip().split(" ");
            return new Step(Operation.valueOf(parts[0].toUpperCase(Locale.ROOT)), Double.parseDouble(parts[1]),
                    Integer.parseInt(parts[2]));
        }

        Transform draw(RandomGenerator random) {
            if (random.nextDouble() >= probability) return Transform.NONE;
            return operation.of((double) strength / STRONGEST, Operation.Reach.NARROW, random);
        }
    }

    final String table;
    private final List<List<Step>> pairs;

    AutoAugment(String table) {
        this.table = table;
        pairs = table.lines().map(line -> Arrays.stream(line.split(",")).map(Step::of).toList()).toList();
    }

    @Override public Transform choose(RandomGenerator random) {
        var pair = pairs.get(random.nextInt(pairs.size()));
        return Transform.of(pair.stream().map(step -> step.draw(random)).toArray(Transform[]::new));
    }
}
