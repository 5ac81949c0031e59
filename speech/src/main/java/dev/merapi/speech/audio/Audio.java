package dev.merapi.speech.audio;

import dev.merapi.io.FileErrors;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Sound in memory: float samples, usually from −1 to 1, of one or more channels. It does not change, and whoever hands
 * an array in or takes one out leaves its values alone.
 *
 * <pre>{@code
 * var audio = Audio.read(Path.of("hello.wav"), 16_000);     // one channel, as a model hears it
 * var x = audio.toTensor();                                 // (1, T)
 * }</pre>
 */
public final class Audio {
    private final float[][] channels;
    private final int rate;

    private Audio(float[][] channels, int rate) {
        this.channels = channels;
        this.rate = rate;
    }

    /**
     * One channel.
     *
     * @param rate samples in a second
     * @throws IllegalArgumentException for a rate below 1, or a sample that is not finite
     */
    public static Audio of(float[] samples, int rate) { return of(new float[][] {samples}, rate); }

    /**
     * Channels of one length.
     *
     * @throws IllegalArgumentException for a rate below 1, no channel, other lengths, or a sample that is not finite
     */
    public static Audio of(float[][] channels, int rate) {
        Expect.atLeast("Audio.rate", 1, rate);
        Expect.that(channels.length >= 1, "Audio", "a channel", "none");
        for (int c = 0; c < channels.length; c++) {
            if (channels[c].length != channels[0].length) {
                throw Expect.error("Audio", "channels of one length, " + channels[0].length, channels[c].length
                        + " samples in channel " + c);
            }
            for (int t = 0; t < channels[c].length; t++) {
                if (Float.isFinite(channels[c][t])) continue;
                throw Expect.error("Audio", "finite samples", "%s at %.3f s".formatted(channels[c][t],
                        (double) t / rate));
            }
        }
        return new Audio(channels, rate);
    }

    /**
     * Samples (T), or (C, T) of several channels.
     *
     * @throws IllegalArgumentException as {@link #of(float[][], int)}
     */
    public static Audio of(Tensor samples, int rate) {
        if (samples.rank() != 1 && samples.rank() != 2) {
            throw Expect.error("Audio.of", "samples (T) or (C, T)", Shapes.toString(samples.shape()));
        }
        int length = (int) samples.size(-1);
        int count = samples.rank() == 1 ? 1 : (int) samples.size(0);
        float[] flat = samples.toFloats();
        var channels = new float[count][];
        for (int c = 0; c < count; c++) channels[c] = Arrays.copyOfRange(flat, c * length, (c + 1) * length);
        return of(channels, rate);
    }

    /**
     * A whole file: WAV as it is, other formats by FFmpeg.
     *
     * @throws IllegalArgumentException if it is no sound, a damaged one, or one without samples
     * @throws java.io.UncheckedIOException if it cannot be read
     */
    public static Audio read(Path file) {
        return FileErrors.naming(file, () -> {
            try (var stream = AudioStream.open(file)) {
                return some(stream.readAll(), "the file is empty");
            }
        });
    }

    /** As {@link #read(Path)}, one channel at a rate: what a model hears. Only this one is held in memory. */
    public static Audio read(Path file, int rate) {
        return FileErrors.naming(file, () -> {
            try (var stream = AudioStream.open(file).mono().resample(rate)) {
                return some(stream.readAll(), "the file is empty");
            }
        });
    }

    private static Audio some(Audio audio, String why) {
        if (audio.length() == 0) throw Expect.error("Audio", "at least one sample", "none: " + why);
        return audio;
    }

    /** Samples in a second. */
    public int rate() { return rate; }

    /** Number of channels. */
    public int channels() { return channels.length; }

    /** Samples of each channel. */
    public int length() { return channels[0].length; }

    /** How long it takes. */
    public double seconds() { return (double) length() / rate; }

    /** The samples of a channel, counted from 0. */
    public float[] channel(int channel) { return channels[channel]; }

    /**
     * The samples of the only channel.
     *
     * @throws IllegalArgumentException if there are more
     */
    public float[] samples() {
        if (channels.length == 1) return channels[0];
        throw Expect.error("Audio.samples", "one channel", channels.length, "mix them by mono()");
    }

    /** The samples (C, T). */
    public Tensor toTensor() {
        if (channels.length == 1) return Tensor.of(channels[0], 1, length());
        var flat = new float[channels.length * length()];
        for (int c = 0; c < channels.length; c++) System.arraycopy(channels[c], 0, flat, c * length(), length());
        return Tensor.of(flat, channels.length, length());
    }

    /** The mean of the channels. */
    public Audio mono() {
        if (channels.length == 1) return this;
        var mean = new float[length()];
        for (int t = 0; t < mean.length; t++) {
            double sum = 0;
            for (float[] channel : channels) sum += channel[t];
            mean[t] = (float) (sum / channels.length);
        }
        return new Audio(new float[][] {mean}, rate);
    }

    /** The same sound at another rate, by {@link Resampler}. */
    public Audio resample(int to) {
        if (to == rate) return this;
        var resampler = new Resampler(rate, to);
        return new Audio(Arrays.stream(channels).map(resampler::apply).toArray(float[][]::new), to);
    }

    /** The part between two times in seconds; what lies beyond the ends is left out. */
    public Audio slice(double from, double to) {
        Expect.that(from >= 0 && to >= from, "Audio.slice", "0 ≤ from ≤ to", from + " and " + to);
        int first = (int) Math.min(length(), Math.round(from * rate));
        int last = (int) Math.min(length(), Math.round(Math.min(to, seconds()) * rate));
        return new Audio(Arrays.stream(channels).map(c -> Arrays.copyOfRange(c, first, Math.max(first, last)))
                .toArray(float[][]::new), rate);
    }

    /** The largest distance from 0. */
    public float peak() {
        float peak = 0;
        for (float[] channel : channels) for (float sample : channel) peak = Math.max(peak, Math.abs(sample));
        return peak;
    }

    /** Writes a WAV file of 16 bits; samples beyond −1 and 1 are clipped. */
    public void write(Path file) { write(file, WavFormat.PCM_16); }

    /** Writes a WAV file. */
    public void write(Path file, WavFormat format) { WavWriter.write(this, file, format); }

    /** Rate, channels and duration. */
    @Override public String toString() {
        return "Audio(%d Hz, %d channel%s, %.2f s)".formatted(rate, channels(), channels() == 1 ? "" : "s", seconds());
    }
}
