package dev.merapi.protect.robustness;

import dev.merapi.nn.F;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Locale;

/**
 * What happens to pictures out of doors and on the way, after ImageNet-C (Hendrycks and Dietterich 2019,
 * arXiv:1903.12261): noise, blur, weather and digital, each at severities 1 to 5.
 *
 * <p>Noise and tones have that paper's numbers for ImageNet; lengths, such as the radius of a blur, are its shares of
 * the side of 224 pixels, and not less than a visible one. Frost is made by fractal noise: the paper's is laid over
 * photographs of ice.
 */
public enum Corruption {
    GAUSSIAN_NOISE, SHOT_NOISE, IMPULSE_NOISE, DEFOCUS_BLUR, MOTION_BLUR, ZOOM_BLUR, GLASS_BLUR, SNOW, FROST, FOG,
    BRIGHTNESS, CONTRAST, ELASTIC, PIXELATE, JPEG;

    /** Such as {@code gaussian noise}. */
    public String title() { return name().toLowerCase(Locale.ROOT).replace('_', ' '); }

    /**
     * Pictures corrupted.
     *
     * @param pixels (B, C, H, W) from 0 to 1
     * @param severity 1 to 5
     * @param rng for what is random
     */
    public Tensor apply(Tensor pixels, int severity, Rng rng) {
        Expect.that(severity >= 1 && severity <= 5, "Corruption.severity", "1 to 5", severity);
        Expect.that(pixels.rank() == 4, "Corruption", "pictures (B, C, H, W)", pixels.describe());
        int s = severity - 1;
        double side = Math.min(pixels.size(2), pixels.size(3));
        try (var scope = Scope.open(); var _ = Torch.noGrad()) {
            var changed = switch (this) {
                case GAUSSIAN_NOISE -> pixels.add(randn(rng, pixels).mul(pick(s, .08, .12, .18, .26, .38)));
                case SHOT_NOISE -> shot(pixels, pick(s, 60, 25, 12, 5, 3), rng);
                case IMPULSE_NOISE -> impulse(pixels, pick(s, .03, .06, .09, .17, .27), rng);
                case DEFOCUS_BLUR -> Blurs.disk(pixels, Math.max(.6 + .2 * s, side / 224 * pick(s, 3, 4, 6, 8, 10)));
                case MOTION_BLUR -> Blurs.motion(pixels,
                        Math.max(2 + s, side / 224 * pick(s, 10, 15, 15, 15, 20)), rng);
                case ZOOM_BLUR -> Blurs.zoom(pixels, pick(s, 1.11, 1.16, 1.21, 1.26, 1.33));
                case GLASS_BLUR -> Blurs.glass(pixels, 1 + s / 2, .4 + .15 * s, rng);
                case SNOW -> Weather.snow(pixels, pick(s, .1, .2, .3, .4, .5), rng);
                case FROST -> Weather.frost(pixels, pick(s, .3, .4, .5, .6, .7), rng);
                case FOG -> Weather.fog(pixels, pick(s, 1.5, 2, 2.5, 2.5, 3), rng);
                case BRIGHTNESS -> pixels.add(pick(s, .1, .2, .3, .4, .5));
                case CONTRAST -> {
                    var mean = pixels.mean(new long[] {2, 3}, true);
                    yield pixels.sub(mean).mul(pick(s, .4, .3, .2, .1, .05)).add(mean);
                }
                case ELASTIC -> Blurs.elastic(pixels, side * pick(s, .02, .03, .04, .05, .06), rng);
                case PIXELATE -> pixelate(pixels, pick(s, .6, .5, .4, .3, .25));
                case JPEG -> JpegLoss.apply(pixels, (int) pick(s, 25, 18, 15, 10, 7));
            };
            return scope.keep(changed.clamp(0, 1));
        }
    }

    private static double pick(int severity, double... numbers) { return numbers[severity]; }

    private static Tensor randn(Rng rng, Tensor like) { return Tensor.randn(rng, like.shape()).to(like.device()); }

    /** Photons: as many as a Poisson distribution gives; of a normal one with that mean and variance. */
    private static Tensor shot(Tensor pixels, double photons, Rng rng) {
        return pixels.add(randn(rng, pixels).mul(pixels.div(photons).sqrt()));
    }

    /** Pixels that are black or white. */
    private static Tensor impulse(Tensor pixels, double share, Rng rng) {
        var dice = Tensor.rand(rng, pixels.shape()).to(pixels.device());
        return pixels.maskedFill(dice.lt(share / 2), 0).maskedFill(dice.gt(1 - share / 2), 1);
    }

    private static Tensor pixelate(Tensor pixels, double share) {
        long h = pixels.size(2), w = pixels.size(3);
        var small = F.adaptiveAvgPool(pixels, Math.max(1, Math.round(h * share)), Math.max(1, Math.round(w * share)));
        return F.upsampleNearest(small, h, w);
    }
}
