package dev.merapi.speech.feature;

import dev.merapi.speech.audio.Audio;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;

/**
 * Mel-frequency cepstral coefficients (Davis and Mermelstein 1980): the orthonormal cosine transform of mel bands in
 * decibels; as librosa's {@code mfcc}.
 */
public final class Mfcc {
    private final LogMel bands;
    private final int coefficients;
    private final float[] cosines; // (coefficients, mels)

    /**
     * @param config of the bands; its logarithm is left aside, for decibels
     * @throws IllegalArgumentException for more coefficients than bands
     */
    public Mfcc(MelConfig config, int coefficients) {
        int mels = config.mels();
        Expect.that(coefficients >= 1 && coefficients <= mels, "Mfcc.coefficients", "1 to " + mels + ", the bands",
                coefficients);
        bands = new LogMel(config.log(MelLog.DECIBELS));
        this.coefficients = coefficients;
        cosines = new float[coefficients * mels];
        for (int k = 0; k < coefficients; k++) {
            for (int m = 0; m < mels; m++) {
                cosines[k * mels + m] = (float) (Math.cos(Math.PI * k * (m + 0.5) / mels)
                        * Math.sqrt((k == 0 ? 1.0 : 2.0) / mels));
            }
        }
    }

    /** The coefficients (coefficients, frames) of a clip; throws as {@link LogMel#forward(Audio)}. */
    public Tensor forward(Audio audio) { return transform(bands.forward(audio)); }

    /** The coefficients of samples: (…, T) to (…, coefficients, frames). */
    public Tensor forward(Tensor samples) { return transform(bands.forward(samples)); }

    private Tensor transform(Tensor decibels) {
        return Tensor.of(cosines, coefficients, decibels.size(-2)).to(decibels.device()).matmul(decibels);
    }
}
