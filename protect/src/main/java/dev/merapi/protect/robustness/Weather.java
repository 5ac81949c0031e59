package dev.merapi.protect.robustness;

import dev.merapi.nn.F;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Tensor;

/** Snow, frost and fog over pictures (B, C, H, W). */
final class Weather {
    private Weather() {}

    /** Flakes that fall aslant, over a paler picture. */
    static Tensor snow(Tensor pixels, double amount, Rng rng) {
        var field = Tensor.randn(rng, pixels.size(0), 1, pixels.size(2), pixels.size(3)).to(pixels.device());
        var flakes = Blurs.motion(field.gt(1.8 - amount).to(DType.FLOAT32), 3, rng).mul(.6 + amount);
        var pale = pixels.mul(.8).maximum(pixels.mean(new long[] {1}, true).mul(.75).add(.25 * amount));
        return pale.add(flakes).add(flakes.flip(2, 3).mul(.5));
    }

    /** Ice in patches that hide what is below. */
    static Tensor frost(Tensor pixels, double amount, Rng rng) {
        var ice = clouds(pixels, rng).sub(.5).mul(4).sigmoid();
        return pixels.mul(1 - amount / 2).mul(ice.mul(-amount).add(1)).add(ice.mul(amount));
    }

    /** Fractal noise added, and the contrast lowered so that white stays white. */
    static Tensor fog(Tensor pixels, double amount, Rng rng) {
        var most = pixels.amax(new long[] {1, 2, 3}, true);
        return pixels.add(clouds(pixels, rng).mul(amount)).mul(most.div(most.add(amount)));
    }

    /** Noise of all sizes (B, 1, H, W), from 0 to 1: each octave is half as strong and twice as fine. */
    private static Tensor clouds(Tensor pixels, Rng rng) {
        long rows = pixels.size(0), h = pixels.size(2), w = pixels.size(3);
        Tensor sum = null;
        double strength = 1;
        for (long cells = 2; cells <= Math.max(h, w); cells *= 2, strength /= 2) {
            var coarse = Tensor.rand(rng, rows, 1, Math.min(cells, h), Math.min(cells, w)).to(pixels.device());
            var octave = F.upsampleBilinear(coarse, h, w, true).mul(strength);
            sum = sum == null ? octave : sum.add(octave);
        }
        var least = sum.amin(new long[] {2, 3}, true);
        return sum.sub(least).div(sum.amax(new long[] {2, 3}, true).sub(least).add(1e-6));
    }
}
