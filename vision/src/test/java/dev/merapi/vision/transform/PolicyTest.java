package dev.merapi.vision.transform;

import dev.merapi.vision.Image;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PolicyTest {
    private static final Image PICTURE = picture();

    private static Image picture() {
        var image = new Image(24, 32, 3);
        for (int i = 0; i < image.pixels().length; i++) image.pixels()[i] = (byte) (i * 31 % 251 * 4 / 5 + 40);
        return image;
    }

    /** {@code src/test/python/transforms.py} wrote them. */
    @ParameterizedTest @EnumSource(AutoAugment.class)
    void theTablesAreTorchvisions(AutoAugment policy) throws IOException {
        String file = "/goldens/autoaugment_" + policy.name().toLowerCase(Locale.ROOT) + ".txt";
        try (var in = PolicyTest.class.getResourceAsStream(file)) {
            assertEquals(new String(in.readAllBytes(), StandardCharsets.UTF_8), policy.table);
        }
    }

    @ParameterizedTest @EnumSource(Operation.class)
    void eachOperationDoesMoreWithMoreStrength(Operation operation) {
        double weak = distance(operation, 0.3);
        double strong = distance(operation, 0.9);
        switch (operation) {
            case IDENTITY -> assertEquals(0, strong);
            case AUTO_CONTRAST, EQUALIZE, INVERT -> assertTrue(strong > 5 && strong == weak, weak + " " + strong);
            default -> assertTrue(strong > weak && weak > 0, weak + " " + strong);
        }
    }

    private static double distance(Operation operation, double strength) {
        var transform = operation.of(strength, Operation.Reach.NARROW, new SplittableRandom(1));
        byte[] seen = transform.apply(PICTURE, new SplittableRandom(1)).pixels();
        double sum = 0;
        for (int i = 0; i < seen.length; i++) sum += Math.abs((seen[i] & 0xFF) - (PICTURE.pixels()[i] & 0xFF));
        return sum / seen.length;
    }

    @Test void policiesChooseAmongManyAndRepeatThemselves() {
        for (Policy policy : new Policy[] {new RandAugment(), new TrivialAugment(), AutoAugment.CIFAR10}) {
            var seen = new HashSet<Integer>();
            for (int seed = 0; seed < 60; seed++) {
                byte[] pixels = policy.apply(PICTURE, new SplittableRandom(seed)).pixels();
                assertArrayEquals(pixels, policy.apply(PICTURE, new SplittableRandom(seed)).pixels());
                seen.add(Arrays.hashCode(pixels));
            }
            assertTrue(seen.size() > 20, policy + ": " + seen.size() + " of 60");
        }
    }

    @Test void magnitudeZeroOfRandAugmentIsGentle() {
        for (int seed = 0; seed < 40; seed++) {
            var transform = new RandAugment(1, 0).choose(new SplittableRandom(seed));
            byte[] pixels = transform.apply(PICTURE, new SplittableRandom(0)).pixels();
            boolean same = Arrays.equals(pixels, PICTURE.pixels());
            boolean stretched = Arrays.equals(pixels, Tones.autoContrast(PICTURE).pixels())
                    || Arrays.equals(pixels, Tones.equalize(PICTURE).pixels());
            boolean solarized = Arrays.equals(pixels, Tones.solarize(PICTURE, 255).pixels());
            assertTrue(same || stretched || solarized, "seed " + seed);
        }
    }

    @Test void mistakesAreNamed() {
        assertEquals("RandAugment.magnitude: expected 0 to 30. Received 31",
                assertThrows(IllegalArgumentException.class, () -> new RandAugment(2, 31)).getMessage());
        assertEquals("Tones.posterize: expected 0 to 8 bits. Received 9",
                assertThrows(IllegalArgumentException.class, () -> Tones.posterize(PICTURE, 9)).getMessage());
    }
}
