package dev.merapi.speech.synthesis;

import dev.merapi.io.ModelFolder;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.feature.LogMel;
import dev.merapi.speech.feature.MelConfig;
import dev.merapi.speech.feature.MelFilters;
import dev.merapi.speech.feature.MelLog;
import dev.merapi.speech.feature.MelScale;
import dev.merapi.speech.feature.Stft;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How sound becomes the bands that a voice is made of, and what they are in numbers. Training and use share one, which
 * lies in the folder of a run.
 *
 * @param rate samples in a second
 * @param fft samples of a frame
 * @param hop samples from one frame to the next
 * @param bands mel bands
 * @param letters that texts are of
 */
public record VoiceProcessor(int rate, int fft, int hop, int bands, String letters) {
    private static final String FILE = "preprocessor_config.json";
    private static final double MIDDLE = -6; // of the bands' logarithms, usually
    private static final double SPREAD = 4;
    private static final double QUIETEST = 1e-5; // of an energy that counts

    /** @throws IllegalArgumentException for what cannot be */
    public VoiceProcessor {
        new Stft(fft, fft, hop);
        Expect.atLeast("rate", 1000, rate);
        Expect.that(hop * 2 <= fft, "hop", "at most half of the frame's " + fft + " samples", hop);
        Expect.atLeast("bands", 1, bands);
        new SpokenSymbols(letters);
    }

    /** Frames of 64 ms each 16 ms, in English. */
    public static VoiceProcessor of(int rate, int bands) {
        int fft = Integer.highestOneBit(rate * 64 / 1000);
        return new VoiceProcessor(rate, fft, fft / 4, bands, SpokenSymbols.ENGLISH.letters());
    }

    /** The letters. */
    public SpokenSymbols symbols() { return new SpokenSymbols(letters); }

    Stft stft() { return new Stft(fft, fft, hop); }

    private MelConfig mel() {
        return new MelConfig(rate, fft, fft, hop, bands, 0, rate / 2.0, MelScale.SLANEY, true, MelLog.NONE);
    }

    /** The file, as one channel at the rate, its silence at both ends cut down to a tenth of a second. */
    public Audio read(Path file) { return trimmed(Audio.read(file, rate)); }

    private Audio trimmed(Audio audio) {
        float[] samples = audio.samples();
        double loud = audio.peak() * 0.02;
        int from = 0, to = samples.length;
        while (from < to && Math.abs(samples[from]) < loud) from++;
        while (to > from && Math.abs(samples[to - 1]) < loud) to--;
        int keep = rate / 10;
        return audio.slice(Math.max(0, from - keep) / (double) rate,
                Math.min(samples.length, to + keep) / (double) rate);
    }

    /** Samples (…, T) as bands (…, bands, T / hop + 1), around 0 and mostly from -2 to 2. */
    public Tensor bands(Tensor samples) {
        try (var scope = Scope.open()) {
            Tensor energies = new LogMel(mel()).forward(samples);
            return scope.keep(energies.clamp(QUIETEST * QUIETEST, null).log().sub(MIDDLE).div(SPREAD));
        }
    }

    /** The magnitudes (…, fft / 2 + 1, frames) that bands are likely of, by the filters' pseudo-inverse. */
    Tensor magnitudes(Tensor bands) {
        Tensor energies = bands.mul(SPREAD).add(MIDDLE).exp();
        Tensor filters = MelFilters.of(mel()); // (bands, F)
        Tensor square = filters.matmul(filters.transpose(0, 1)).add(Tensor.eye(filters.size(0)).mul(1e-6));
        Tensor inverse = filters.transpose(0, 1).matmul(square.inverse());
        return inverse.matmul(energies).clamp(0, null).sqrt();
    }

    /** The logarithms of energies that bands (M, T) are of, frame by frame. */
    float[][] logs(Tensor bands) {
        int frames = (int) bands.size(1);
        float[] flat = bands.transpose(0, 1).mul(SPREAD).add(MIDDLE).contiguous().toFloats();
        var rows = new float[frames][];
        for (int t = 0; t < frames; t++) rows[t] = Arrays.copyOfRange(flat, t * this.bands, (t + 1) * this.bands);
        return rows;
    }

    /** Writes {@code preprocessor_config.json}. */
    public void save(Path folder) { ModelFolder.writeConfig(this, folder.resolve(FILE)); }

    /** Reads it back. */
    public static VoiceProcessor open(Path folder) {
        return ModelFolder.read(folder.resolve(FILE), VoiceProcessor.class);
    }
}
