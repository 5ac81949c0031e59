package dev.merapi.speech.feature;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/**
 * The bands of sound that comes piece by piece: together they are those of the whole. It holds samples, no tensors, and
 * belongs to one thread.
 */
public final class LogMelStream {
    private final LogMel bands;
    private final int half; // of a transform; as many samples are reflected at both ends
    private float[] held = {};
    private boolean begun;

    /** @throws IllegalArgumentException for a logarithm that needs the whole clip */
    LogMelStream(LogMel bands) {
        this.bands = bands;
        half = bands.config().fft() / 2;
        Expect.that(bands.config().log().isLocal(), "LogMel.stream", "a logarithm that needs no more than its frame,"
                + " NONE or NATURAL", bands.config().log());
    }

    /** The frames (mels, n) that are whole by now, perhaps none. */
    public Tensor take(float[] samples) {
        held = joined(held, samples);
        if (!begun && held.length <= half) return Tensor.zeros(bands.config().mels(), 0);
        if (!begun) held = joined(reflected(held, half), held);
        begun = true;
        return whole();
    }

    /**
     * The last frames.
     *
     * @throws IllegalArgumentException if there were fewer than {@code fft / 2 + 1} samples in all
     */
    public Tensor end() {
        Expect.that(begun, "LogMel", "at least " + (half + 1) + " samples", held.length);
        held = joined(held, reflected(held, held.length - 2));
        return whole();
    }

    private float[] reflected(float[] samples, int from) {
        var out = new float[half];
        for (int i = 0; i < half; i++) out[i] = samples[from - i];
        return out;
    }

    /** Gives the frames that are whole, and keeps what the next ones need, at least half a transform. */
    private Tensor whole() {
        var config = bands.config();
        if (held.length < config.fft()) return Tensor.zeros(config.mels(), 0);
        int frames = (held.length - config.fft()) / config.hop() + 1;
        float[] now = held;
        held = Arrays.copyOfRange(held, Math.min(frames * config.hop(), held.length), held.length);
        return bands.inner(Tensor.of(now));
    }

    private static float[] joined(float[] a, float[] b) {
        float[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
