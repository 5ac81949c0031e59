package dev.merapi.speech.whisper;

import dev.merapi.io.ModelFolder;
import dev.merapi.speech.feature.LogMel;
import dev.merapi.speech.feature.MelConfig;
import dev.merapi.speech.feature.MelLog;
import dev.merapi.speech.feature.MelScale;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a Whisper hears of sound: the logarithm of the energy in mel bands, as transformers'
 * {@code WhisperFeatureExtractor} computes it. Read from {@code preprocessor_config.json}.
 *
 * @param featureSize mel bands
 * @param samplingRate samples in a second
 * @param hopLength samples from one frame to the next
 * @param nFft samples of a frame
 * @param chunkLength seconds of a window
 */
public record WhisperFeatures(int featureSize, int samplingRate, int hopLength, int nFft, int chunkLength) {
    /** 80 bands of 16 kHz, 100 frames in a second, windows of 30 seconds. */
    public static final WhisperFeatures DEFAULT = new WhisperFeatures(80, 16_000, 160, 400, 30);

    private static final String FILE = "preprocessor_config.json";
    private static final double HIGHEST = 8000; // Hz

    public WhisperFeatures {
        Expect.atLeast("WhisperFeatures.feature_size", 1, featureSize);
        Expect.atLeast("WhisperFeatures.sampling_rate", 1, samplingRate);
        Expect.atLeast("WhisperFeatures.hop_length", 1, hopLength);
        Expect.atLeast("WhisperFeatures.n_fft", 2, nFft);
        Expect.atLeast("WhisperFeatures.chunk_length", 1, chunkLength);
    }

    /** Those of a model folder; the {@link #DEFAULT} for as many bands where it has no file. */
    static WhisperFeatures read(Path folder, int bands) {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            var usual = DEFAULT;
            return new WhisperFeatures(bands, usual.samplingRate, usual.hopLength, usual.nFft, usual.chunkLength);
        }
        return ModelFolder.read(file, WhisperFeatures.class);
    }

    /** Samples of a window. */
    int samples() { return chunkLength * samplingRate; }

    /** Frames of a window. */
    int frames() { return samples() / hopLength; }

    /** How long a frame is, in seconds. */
    double frameSeconds() { return (double) hopLength / samplingRate; }

    /**
     * The features (1, bands, frames) of a window; one that is shorter is filled up by silence.
     *
     * @param sound samples (T), float32, from -1 to 1; what is beyond a window is not heard
     */
    public Tensor window(Tensor sound) {
        long length = Math.min(sound.size(0), samples());
        return logMel(sound.narrow(0, 0, length).pad(0, 0, samples() - length));
    }

    /** The bands (1, bands, T / hop) of samples (T). */
    private Tensor logMel(Tensor sound) { return new LogMel(bands()).forward(sound.unsqueeze(0)); }

    private MelConfig bands() {
        return new MelConfig(samplingRate, nFft, nFft, hopLength, featureSize, 0, HIGHEST, MelScale.SLANEY, true,
                MelLog.WHISPER);
    }
}
