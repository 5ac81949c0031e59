package dev.merapi.vision.transform;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.Image;
import java.util.random.RandomGenerator;

/**
 * Blanks, with a probability, a rectangle of random area and shape that lies inside the image (Zhong et al. 2017,
 * "Random Erasing Data Augmentation"; its areas of 2 % to 33 % and aspect ratios of 0.3 to 3.3).
 *
 * @param fill value of the blanked pixels, 0 to 255
 */
public record RandomErasing(double probability, int fill) implements Transform {
    private static final int TRIES = 10;

    public RandomErasing {
        Expect.probability("RandomErasing.probability", probability);
        Rectangle.checkFill("RandomErasing.fill", fill);
    }

    /** Every other time, with black. */
    public RandomErasing() { this(0.5, 0); }

    @Override public Image apply(Image image, RandomGenerator random) {
        if (random.nextDouble() >= probability) return image;
        int area = image.height() * image.width();
        double logAspect = Math.log(3.3);
        for (int i = 0; i < TRIES; i++) { // a long rectangle may not fit
            double erased = area * (0.02 + random.nextDouble() * 0.31);
            double aspect = Math.exp((2 * random.nextDouble() - 1) * logAspect);
            int height = (int) Math.round(Math.sqrt(erased * aspect));
            int width = (int) Math.round(Math.sqrt(erased / aspect));
            if (height < 1 || width < 1 || height > image.height() || width > image.width()) continue;
            int top = random.nextInt(image.height() - height + 1);
            int left = random.nextInt(image.width() - width + 1);
            return Rectangle.fill(image, top, left, height, width, fill);
        }
        return image;
    }
}
