package dev.merapi.vision.transform;

import java.util.random.RandomGenerator;

/**
 * What augmentation policies choose from (Cubuk et al. 2018, "AutoAugment", table 6, without cutout and sample
 * pairing). A strength goes from 0 to 1.
 */
enum Operation {
    IDENTITY(false),
    SHEAR_X(true),
    SHEAR_Y(true),
    TRANSLATE_X(true),
    TRANSLATE_Y(true),
    ROTATE(true),
    BRIGHTNESS(true),
    COLOR(true),
    CONTRAST(true),
    SHARPNESS(true),
    POSTERIZE(false),
    SOLARIZE(false),
    AUTO_CONTRAST(false),
    EQUALIZE(false),
    INVERT(false);

    /**
     * How far a strength of 1 goes.
     *
     * @param shear part of the distance to the edge
     * @param shift part of the width or height or, above 1, pixels
     * @param degrees of a rotation
     * @param factor of a colour away from 1
     * @param bits fewer of posterizing
     */
    record Reach(double shear, double shift, double degrees, double factor, int bits) {
        /** The paper's, whose 150 pixels are of pictures of 331. */
        static final Reach NARROW = new Reach(0.3, 150 / 331.0, 30, 0.9, 4);
        /** TrivialAugment's. */
        static final Reach WIDE = new Reach(0.99, 32, 135, 0.99, 6);
    }

    private final boolean eitherWay;

    Operation(boolean eitherWay) { this.eitherWay = eitherWay; }

    /** This operation; the way is drawn for those that have two. */
    Transform of(double strength, Reach reach, RandomGenerator random) {
        double s = eitherWay && random.nextBoolean() ? -strength : strength;
        return switch (this) {
            case IDENTITY -> Transform.NONE;
            case SHEAR_X -> (Geometric) (image, _) -> Affine.shear(image, s * reach.shear, 0);
            case SHEAR_Y -> (Geometric) (image, _) -> Affine.shear(image, 0, s * reach.shear);
            case TRANSLATE_X -> (Geometric) (image, _) -> Affine.shift(image, pixels(s, reach, image.width()), 0);
            case TRANSLATE_Y -> (Geometric) (image, _) -> Affine.shift(image, 0, pixels(s, reach, image.height()));
            case ROTATE -> (Geometric) (image, _) -> Affine.rotation(image, s * reach.degrees);
            case BRIGHTNESS -> (image, _) -> Colors.brightness(image, 1 + s * reach.factor);
            case COLOR -> (image, _) -> Colors.saturation(image, 1 + s * reach.factor);
            case CONTRAST -> (image, _) -> Colors.contrast(image, 1 + s * reach.factor);
            case SHARPNESS -> (image, _) -> Tones.sharpness(image, 1 + s * reach.factor);
            case POSTERIZE -> (image, _) -> Tones.posterize(image, 8 - (int) Math.rint(strength * reach.bits));
            case SOLARIZE -> (image, _) -> Tones.solarize(image, 255 * (1 - strength));
            case AUTO_CONTRAST -> (image, _) -> Tones.autoContrast(image);
            case EQUALIZE -> (image, _) -> Tones.equalize(image);
            case INVERT -> (image, _) -> Tones.invert(image);
        };
    }

    private static double pixels(double strength, Reach reach, int side) {
        return strength * (reach.shift > 1 ? reach.shift : reach.shift * side);
    }
}
