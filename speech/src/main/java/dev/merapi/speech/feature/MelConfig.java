package dev.merapi.speech.feature;

import dev.merapi.tensor.Expect;

/**
 * How mel bands are made of sound.
 *
 * @param rate samples in a second
 * @param fft samples of a transform, even
 * @param window samples under Hann's window
 * @param hop samples from one frame to the next
 * @param mels number of bands
 * @param low frequency where the first band begins
 * @param high frequency where the last band ends
 * @param scale of the bands
 * @param equalArea whether each band's weights have the same area (Slaney), or the same height
 * @param log what becomes of the energies
 */
public record MelConfig(int rate, int fft, int window, int hop, int mels, double low, double high, MelScale scale,
        boolean equalArea, MelLog log) {
    /** What Whisper hears (Radford et al. 2022): 80 bands of 16 kHz. The newest have 128, by {@link #mels(int)}. */
    public static final MelConfig WHISPER = new MelConfig(16_000, 400, 400, 160, 80, 0, 8_000, MelScale.SLANEY, true,
            MelLog.WHISPER);

    /** @throws IllegalArgumentException for what cannot be */
    public MelConfig {
        Expect.atLeast("MelConfig.rate", 1, rate);
        new Stft(fft, window, hop);
        Expect.atLeast("MelConfig.mels", 1, mels);
        Expect.that(low >= 0 && high > low && high <= rate / 2.0, "MelConfig", "0 ≤ low < high ≤ " + rate / 2.0
                + ", half the rate", low + " and " + high);
    }

    /** 80 bands on HTK's scale, natural logarithms, windows of 25 ms each 10 ms: usual for recognition. */
    public static MelConfig of(int rate) {
        Expect.atLeast("MelConfig.rate", 100, rate);
        int window = rate / 40;
        int fft = Math.max(2, Integer.highestOneBit(2 * window - 1));
        return new MelConfig(rate, fft, window, rate / 100, 80, 0, rate / 2.0, MelScale.HTK, false, MelLog.NATURAL);
    }

    /** A copy with another number of bands. */
    public MelConfig mels(int mels) {
        return new MelConfig(rate, fft, window, hop, mels, low, high, scale, equalArea, log);
    }

    /** A copy with another logarithm. */
    public MelConfig log(MelLog log) {
        return new MelConfig(rate, fft, window, hop, mels, low, high, scale, equalArea, log);
    }

    Stft stft() { return new Stft(fft, window, hop); }
}
