package dev.merapi.speech.feature;

import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.audio.AudioStream;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.function.Consumer;
import java.util.function.Supplier;

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

    /** The bands of samples with nothing put around them: (T) to (mels, (T − fft) / hop + 1). */
    Tensor inner(Tensor samples) {
        try (var scope = Scope.open()) {
            return scope.keep(bands(config.stft().inner(samples)));
        }
    }

    /**
     * For sound that comes piece by piece.
     *
     * @throws IllegalArgumentException for a logarithm that needs the whole clip
     */
    public LogMelStream stream() { return new LogMelStream(this); }

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
        var stream = stream();
        int block = config.rate() * BLOCK_SECONDS;
        for (var audio = sound.read(block); audio.length() > 0; audio = sound.read(block)) {
            float[] samples = audio.samples();
            give(() -> stream.take(samples), taker);
        }
        give(stream::end, taker);
    }

    private static void give(Supplier<Tensor> frames, Consumer<Tensor> taker) {
        try (var _ = Scope.open()) {
            Tensor some = frames.get();
            if (some.size(1) > 0) taker.accept(some);
        }
    }

    private void expectRate(int rate) {
        Expect.that(rate == config.rate(), "LogMel", config.rate() + " Hz", rate + " Hz; bring it there by resample("
                + config.rate() + ")");
    }
}
