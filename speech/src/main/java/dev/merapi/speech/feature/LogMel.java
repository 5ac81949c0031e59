package dev.merapi.speech.feature;

import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.audio.AudioStream;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Energies in mel bands, or their logarithms. It holds no tensors, and threads may share it.
 *
 * <pre>{@code
 * var bands = new LogMel(MelConfig.of(16_000));
 * Tensor x = bands.forward(audio);                          // (80, frames)
 * bands.forEach(AudioStream.of(audio), block -> IO.println(block.size(1)));     // the same, a minute at a time
 * }</pre>
 */
public final class LogMel {
    private static final int BLOCK_SECONDS = 60;

    private final MelConfig config;
    private final float[] filters; // (mels, F)

    /** Of this kind. */
    public LogMel(MelConfig config) {
        this.config = config;
        filters = MelFilters.weights(config);
    }

    /** How they are made. */
    public MelConfig config() { return config; }

    /** Frames of so many samples. */
    public int frames(int length) { return config.stft().frames(length) - (config.log() == MelLog.WHISPER ? 1 : 0); }

    /**
     * The bands (mels, frames) of a clip.
     *
     * @throws IllegalArgumentException if it has another rate, more than one channel, or fewer than
     *     {@code fft / 2 + 1} samples
     */
    public Tensor forward(Audio audio) {
        expectRate(audio.rate());
        return forward(Tensor.of(audio.samples()));
    }

    /** The bands of samples at the rate: (…, T) to (…, mels, frames). Whisper leaves out the last frame. */
    public Tensor forward(Tensor samples) {
        Tensor spectra = config.stft().forward(samples);
        if (config.log() == MelLog.WHISPER) spectra = spectra.narrow(-1, 0, spectra.size(-1) - 1);
        return bands(spectra);
    }

    private Tensor bands(Tensor spectra) {
        Tensor weights = Tensor.of(filters, config.mels(), config.stft().bins()).to(spectra.device());
        return config.log().of(weights.matmul(Stft.power(spectra)));
    }

    /**
     * The bands of sound of any length, in flat memory: blocks of frames (mels, n), together the same as of the whole.
     * Each block is freed after it was taken.
     *
     * @throws IllegalArgumentException for sound of another rate, of several channels or too short, or a logarithm that
     *     needs the whole clip
     */
    public void forEach(AudioStream sound, Consumer<Tensor> taker) {
        expectRate(sound.rate());
        Expect.that(sound.channels() == 1, "LogMel", "one channel", sound.channels());
        Expect.that(config.log().isLocal(), "LogMel.forEach", "a logarithm that needs no more than its frame, NONE or"
                + " NATURAL", config.log());
        int half = config.fft() / 2;
        float[] held = {};
        boolean begun = false;
        while (true) {
            float[] block = sound.read(config.rate() * BLOCK_SECONDS).samples();
            if (block.length == 0 && begun) break;
            float[] more = begun ? block : reflectedFirst(block, half);
            begun = true;
            held = joined(held, more);
            held = take(held, taker);
        }
        float[] end = new float[half];
        for (int i = 0; i < half; i++) end[i] = held[held.length - 2 - i];
        take(joined(held, end), taker);
    }

    /** Gives the frames that are whole, and leaves what the next ones need, at least half a transform. */
    private float[] take(float[] held, Consumer<Tensor> taker) {
        if (held.length < config.fft()) return held;
        int frames = (held.length - config.fft()) / config.hop() + 1;
        try (var _ = Scope.open()) {
            taker.accept(bands(config.stft().inner(Tensor.of(held))));
        }
        return Arrays.copyOfRange(held, Math.min(frames * config.hop(), held.length), held.length);
    }

    private static float[] reflectedFirst(float[] block, int half) {
        Expect.that(block.length > half, "LogMel", "at least " + (half + 1) + " samples", block.length);
        var out = new float[half + block.length];
        for (int i = 0; i < half; i++) out[i] = block[half - i];
        System.arraycopy(block, 0, out, half, block.length);
        return out;
    }

    private static float[] joined(float[] a, float[] b) {
        float[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private void expectRate(int rate) {
        Expect.that(rate == config.rate(), "LogMel", config.rate() + " Hz", rate + " Hz; bring it there by resample("
                + config.rate() + ")");
    }
}
