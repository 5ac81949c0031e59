package dev.merapi.speech.augment;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.random.RandomGenerator;

/**
 * Holes in a spectrogram (Park et al. 2019): bands and times that are set to 0, the mean of normalised features.
 *
 * @param bandMasks how many ranges of bands
 * @param bandWidth most bands of one
 * @param timeMasks how many ranges of time
 * @param timeWidth most frames of one
 * @param timePart most of one, as a part of the clip
 */
public record SpecAugment(int bandMasks, int bandWidth, int timeMasks, int timeWidth, double timePart) {
    /** @throws IllegalArgumentException for a number below 0, or a part that is none */
    public SpecAugment {
        Expect.atLeast("SpecAugment.bandMasks", 0, bandMasks);
        Expect.atLeast("SpecAugment.bandWidth", 0, bandWidth);
        Expect.atLeast("SpecAugment.timeMasks", 0, timeMasks);
        Expect.atLeast("SpecAugment.timeWidth", 0, timeWidth);
        Expect.probability("SpecAugment.timePart", timePart);
    }

    /** Two ranges of up to a third of the bands, two of up to 40 frames and a fifth of the clip. */
    public static SpecAugment of(int bands) { return new SpecAugment(2, bands / 3, 2, 40, 0.2); }

    /**
     * @param features (bands, frames)
     * @return a copy with holes
     */
    public Tensor apply(Tensor features, RandomGenerator random) {
        Expect.that(features.rank() == 2, "SpecAugment", "features (bands, frames)", features.describe());
        int bands = (int) features.size(0), frames = (int) features.size(1);
        Tensor out = features.copy();
        for (int i = 0; i < bandMasks; i++) cut(out, 0, bands, bandWidth, random);
        for (int i = 0; i < timeMasks; i++) {
            cut(out, 1, frames, (int) Math.min(timeWidth, timePart * frames), random);
        }
        return out;
    }

    private static void cut(Tensor out, int dim, int size, int most, RandomGenerator random) {
        int width = random.nextInt(Math.min(most, size) + 1);
        int from = random.nextInt(size - width + 1);
        if (width > 0) out.narrow(dim, from, width).fill_(0);
    }
}
