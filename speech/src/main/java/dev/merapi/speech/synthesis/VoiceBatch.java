package dev.merapi.speech.synthesis;

import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Texts and how they were said, each filled up to the longest.
 *
 * @param symbols (B, S), int64, filled up by 0
 * @param symbolLengths (B), int64
 * @param bands (B, T, M)
 * @param frameLengths (B), int64
 * @param pitch (B, T); 0 where there is no voice
 * @param voiced (B, T): 1 where there is a voice
 */
public record VoiceBatch(Tensor symbols, Tensor symbolLengths, Tensor bands, Tensor frameLengths, Tensor pitch,
        Tensor voiced) {
    /**
     * One of them.
     *
     * @param symbols of the text
     * @param bands (T · M), frame by frame
     * @param pitch of each frame; NaN where there is no voice
     */
    record Sample(long[] symbols, float[] bands, float[] pitch) {}

    static VoiceBatch of(List<Sample> samples) {
        int size = samples.size(), width = samples.getFirst().bands.length / samples.getFirst().pitch.length;
        int longest = samples.stream().mapToInt(s -> s.symbols.length).max().orElseThrow();
        int frames = samples.stream().mapToInt(s -> s.pitch.length).max().orElseThrow();
        var symbols = new long[size * longest];
        var bands = new float[size * frames * width];
        var pitch = new float[size * frames];
        var voiced = new float[size * frames];
        for (int i = 0; i < size; i++) {
            var sample = samples.get(i);
            System.arraycopy(sample.symbols, 0, symbols, i * longest, sample.symbols.length);
            System.arraycopy(sample.bands, 0, bands, i * frames * width, sample.bands.length);
            for (int t = 0; t < sample.pitch.length; t++) {
                boolean heard = !Float.isNaN(sample.pitch[t]);
                pitch[i * frames + t] = heard ? sample.pitch[t] : 0;
                voiced[i * frames + t] = heard ? 1 : 0;
            }
        }
        return new VoiceBatch(Tensor.of(symbols, size, longest),
                Tensor.of(samples.stream().mapToLong(s -> s.symbols.length).toArray()),
                Tensor.of(bands, size, frames, width),
                Tensor.of(samples.stream().mapToLong(s -> s.pitch.length).toArray()),
                Tensor.of(pitch, size, frames), Tensor.of(voiced, size, frames));
    }

    /** As many samples. */
    int size() { return (int) symbols.size(0); }

    /** For messages. */
    @Override public String toString() { return "VoiceBatch" + Arrays.toString(symbols.shape()); }
}
