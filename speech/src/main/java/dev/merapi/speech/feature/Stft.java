package dev.merapi.speech.feature;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;

/**
 * The short-time Fourier transform under Hann's window, and its inverse; as {@code torch.stft}.
 *
 * <pre>{@code
 * var stft = new Stft(512, 400, 160);
 * Tensor spectra = stft.forward(x);                          // (T) to complex (257, T / 160 + 1)
 * Tensor same = stft.inverse(spectra, x.size(-1));
 * }</pre>
 *
 * @param fft samples of a transform, even
 * @param window samples under the window, in the middle of the transform's
 * @param hop samples from one transform to the next
 */
public record Stft(int fft, int window, int hop) {
    /** @throws IllegalArgumentException for an odd transform, a window that is longer, or no hop */
    public Stft {
        Expect.that(fft >= 2 && fft % 2 == 0, "Stft.fft", "an even number from 2", fft);
        Expect.that(window >= 1 && window <= fft, "Stft.window", "1 to " + fft + ", the transform's size", window);
        Expect.atLeast("Stft.hop", 1, hop);
    }

    /** Frequencies of a spectrum. */
    public int bins() { return fft / 2 + 1; }

    /** Spectra of so many samples, by {@link #forward}. */
    public int frames(int length) { return length / hop + 1; }

    /**
     * Spectra that are centred on each {@code hop}th sample, the ends reflected: (…, T) to complex (…, F, frames).
     *
     * @throws IllegalArgumentException for fewer than {@code fft / 2 + 1} samples, which cannot be reflected
     */
    public Tensor forward(Tensor samples) { return forward(samples, hann(samples)); }

    /** As {@link #forward(Tensor)} under another window. */
    Tensor forward(Tensor samples, Tensor weights) {
        Expect.that(samples.rank() >= 1 && samples.size(-1) > fft / 2, "Stft", "at least " + (fft / 2 + 1)
                + " samples", samples.rank() == 0 ? "a single number" : samples.size(-1));
        return call(samples, weights, true);
    }

    /** Spectra of the samples alone, nothing put before or behind them: (…, T) to (…, F, (T − fft) / hop + 1). */
    public Tensor inner(Tensor samples) {
        Expect.that(samples.rank() >= 1 && samples.size(-1) >= fft, "Stft.inner", "at least " + fft + " samples",
                samples.rank() == 0 ? "a single number" : samples.size(-1));
        return call(samples, hann(samples), false);
    }

    private Tensor call(Tensor samples, Tensor weights, boolean center) {
        return Tensor.call("stft", "center", samples, fft, hop, window, weights, center, "reflect", false, true, true,
                null);
    }

    /**
     * The samples whose spectra these are: complex (…, F, frames) to (…, length).
     *
     * @param length how many; −1 for as many as the frames reach
     */
    public Tensor inverse(Tensor spectra, long length) {
        return Tensor.call("istft", "", spectra, fft, hop, window, hann(spectra.real()), true, false, true,
                length < 0 ? null : length, false);
    }

    /** Energy of each frequency: complex (…) to real (…). */
    public static Tensor power(Tensor spectra) { return spectra.viewAsReal().pow(2).sum(-1); }

    private Tensor hann(Tensor like) {
        return Tensor.of(hann(window)).to(like.device()).to(like.dtype());
    }

    /** Hann's window, periodic. */
    static float[] hann(int size) {
        var weights = new float[size];
        for (int i = 0; i < size; i++) weights[i] = (float) (0.5 - 0.5 * Math.cos(2 * Math.PI * i / size));
        return weights;
    }
}
