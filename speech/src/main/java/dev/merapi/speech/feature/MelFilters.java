package dev.merapi.speech.feature;

import dev.merapi.tensor.Tensor;

/** Triangles that gather the frequencies of a spectrum into mel bands; as {@code librosa.filters.mel}. */
public final class MelFilters {
    private MelFilters() {}

    /** The weights (mels, F). */
    public static Tensor of(MelConfig config) {
        return Tensor.of(weights(config), config.mels(), config.stft().bins());
    }

    static float[] weights(MelConfig config) {
        int bins = config.stft().bins();
        double low = config.scale().toMel(config.low());
        double step = (config.scale().toMel(config.high()) - low) / (config.mels() + 1);
        var edges = new double[config.mels() + 2];
        for (int i = 0; i < edges.length; i++) edges[i] = config.scale().toHertz(low + i * step);
        var weights = new float[config.mels() * bins];
        for (int m = 0; m < config.mels(); m++) {
            double area = config.equalArea() ? 2 / (edges[m + 2] - edges[m]) : 1;
            for (int f = 0; f < bins; f++) {
                double hertz = (double) f * config.rate() / config.fft();
                double up = (hertz - edges[m]) / (edges[m + 1] - edges[m]);
                double down = (edges[m + 2] - hertz) / (edges[m + 2] - edges[m + 1]);
                weights[m * bins + f] = (float) (Math.max(0, Math.min(up, down)) * area);
            }
        }
        return weights;
    }
}
