package dev.merapi.speech.augment;

import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.feature.Stft;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Faster or slower at the same pitch, by a phase vocoder (Flanagan and Golden 1966): spectra are read at another pace,
 * and each frequency's phase goes on by what it turned between them; as librosa's {@code phase_vocoder}.
 *
 * @param least speed, 1 being as it is
 * @param most speed
 */
public record TimeStretch(double least, double most) implements AudioTransform {
    private static final Stft STFT = new Stft(1024, 1024, 256);

    /** @throws IllegalArgumentException unless 0.1 ≤ least ≤ most ≤ 10 */
    public TimeStretch {
        Expect.that(least >= 0.1 && most >= least && most <= 10, "TimeStretch", "0.1 ≤ least ≤ most ≤ 10",
                least + " and " + most);
    }

    @Override public Audio apply(Audio audio, RandomGenerator random) {
        return by(Between.draw(least, most, random), audio);
    }

    static Audio by(double speed, Audio audio) {
        int length = (int) Math.round(audio.length() / speed);
        float[][] channels = new float[audio.channels()][];
        Arrays.setAll(channels, c -> stretched(audio.channel(c), speed, length));
        return Audio.of(channels, audio.rate());
    }

    private static float[] stretched(float[] samples, double speed, int length) {
        try (var _ = Scope.open()) {
            // a clip that is too short to be reflected gets silence behind it
            Tensor x = Tensor.of(Arrays.copyOf(samples, Math.max(samples.length, STFT.fft())));
            Tensor spectra = vocode(STFT.forward(x), speed);
            return Arrays.copyOf(STFT.inverse(spectra, -1).toFloats(), length);
        }
    }

    /** Complex (F, frames) to (F, ⌈frames / speed⌉). */
    static Tensor vocode(Tensor spectra, double speed) {
        int bins = (int) spectra.size(0), frames = (int) spectra.size(1);
        float[] in = spectra.viewAsReal().toFloats();
        int steps = (int) Math.ceil(frames / speed);
        var out = new float[bins * steps * 2];
        for (int f = 0; f < bins; f++) {
            double advance = Math.PI * STFT.hop() * f / (bins - 1); // of the bin's middle in a hop
            double phase = angle(in, f, 0, frames);
            for (int s = 0; s < steps; s++) {
                int t = (int) (s * speed);
                double part = s * speed - t;
                double size = (1 - part) * size(in, f, t, frames) + part * size(in, f, t + 1, frames);
                int at = (f * steps + s) * 2;
                out[at] = (float) (size * Math.cos(phase));
                out[at + 1] = (float) (size * Math.sin(phase));
                double turned = angle(in, f, t + 1, frames) - angle(in, f, t, frames) - advance;
                phase += advance + turned - 2 * Math.PI * Math.rint(turned / (2 * Math.PI));
            }
        }
        return Tensor.of(out, bins, steps, 2).viewAsComplex();
    }

    private static double size(float[] in, int f, int t, int frames) {
        int at = (f * frames + t) * 2;
        return t < frames ? Math.hypot(in[at], in[at + 1]) : 0;
    }

    private static double angle(float[] in, int f, int t, int frames) {
        int at = (f * frames + t) * 2;
        return t < frames ? Math.atan2(in[at + 1], in[at]) : 0;
    }
}
