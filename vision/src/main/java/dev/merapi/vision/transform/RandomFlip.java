package dev.merapi.vision.transform;

import dev.merapi.vision.Image;
import java.util.random.RandomGenerator;

/** Mirrors left and right with a probability. */
public record RandomFlip(double probability) implements Transform {
    public RandomFlip { Checks.probability("RandomFlip", probability); }

    /** Every other time. */
    public RandomFlip() { this(0.5); }

    @Override public Image apply(Image image, RandomGenerator random) {
        return random.nextDouble() < probability ? flip(image) : image;
    }

    private static Image flip(Image image) {
        int channels = image.channels();
        var out = new Image(image.height(), image.width(), channels);
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                int from = (y * image.width() + x) * channels;
                int to = (y * image.width() + image.width() - 1 - x) * channels;
                for (int c = 0; c < channels; c++) out.pixels()[to + c] = image.pixels()[from + c];
            }
        }
        return out;
    }
}
