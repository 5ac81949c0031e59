package dev.merapi.vision.transform;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.Image;
import java.util.random.RandomGenerator;

/**
 * Changes brightness, contrast and saturation each by a factor drawn uniformly from {@code 1 - value} to
 * {@code 1 + value} (0 at least), and turns the hue by up to {@code hue} of the colour circle either way, in random
 * order, as torchvision does. Saturation and hue leave gray images as they are.
 */
public record ColorJitter(double brightness, double contrast, double saturation, double hue) implements Transform {
    public ColorJitter {
        Expect.atLeast("ColorJitter.brightness", 0, brightness);
        Expect.atLeast("ColorJitter.contrast", 0, contrast);
        Expect.atLeast("ColorJitter.saturation", 0, saturation);
        Expect.that(hue >= 0 && hue <= 0.5, "ColorJitter.hue", "0 to 0.5 of the circle", hue);
    }

    /** One strength for brightness, contrast and saturation; no change of hue. */
    public static ColorJitter of(double strength) { return new ColorJitter(strength, strength, strength, 0); }

    @Override public Image apply(Image image, RandomGenerator random) {
        Image result = image;
        for (int step : order(random)) {
            result = switch (step) {
                case 0 -> brightness == 0 ? result : Colors.brightness(result, factor(brightness, random));
                case 1 -> contrast == 0 ? result : Colors.contrast(result, factor(contrast, random));
                case 2 -> saturation == 0 ? result : Colors.saturation(result, factor(saturation, random));
                default -> hue == 0 ? result : Colors.hue(result, (2 * random.nextDouble() - 1) * hue);
            };
        }
        return result;
    }

    private static double factor(double strength, RandomGenerator random) {
        double low = Math.max(0, 1 - strength);
        return low + random.nextDouble() * (1 + strength - low);
    }

    /** A uniformly random order of the four steps, by Fisher and Yates. */
    private static int[] order(RandomGenerator random) {
        int[] order = {0, 1, 2, 3};
        for (int i = 3; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }
}
