package dev.merapi.speech.clip;

import dev.merapi.io.ModelFolder;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.feature.LogMel;
import dev.merapi.speech.feature.MelConfig;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What a model of short clips has to know beside its weights: how sound of any length becomes its input, and what its
 * outputs are called. Training and use share one, which lies in the folder of a run.
 *
 * @param rate samples in a second
 * @param seconds of a clip
 * @param bands mel bands
 * @param labels names of the classes by index
 */
public record SoundProcessor(int rate, double seconds, int bands, List<String> labels) {
    private static final String FILE = "preprocessor_config.json";
    private static final double RANGE = 6; // tens of decibels that are heard below the loudest
    private static final int STEP = 100; // of the search for the loudest part, in a second

    /** @throws IllegalArgumentException for what cannot be */
    public SoundProcessor {
        labels = List.copyOf(labels);
        Expect.atLeast("rate", 1000, rate);
        Expect.that(seconds >= 0.1 && seconds <= 60, "seconds", "0.1 to 60", seconds);
        Expect.atLeast("bands", 1, bands);
    }

    /** Samples of a clip. */
    public int length() { return (int) Math.round(rate * seconds); }

    /** Frames of a clip. */
    public int frames() { return new LogMel(mel()).frames(length()); }

    private MelConfig mel() { return MelConfig.of(rate).mels(bands); }

    /** The file, as one channel at the model's rate; throws as {@link Audio#read(Path, int)}. */
    public Audio read(Path file) { return Audio.read(file, rate); }

    /** The loudest part of a sound that is as long as a clip; one that is shorter, with silence around it. */
    public Audio fit(Audio audio) {
        Audio heard = audio.mono().resample(rate);
        float[] samples = heard.samples();
        int length = length();
        var clip = new float[length];
        if (samples.length <= length) {
            System.arraycopy(samples, 0, clip, (length - samples.length) / 2, samples.length);
            return Audio.of(clip, rate);
        }
        int from = loudest(samples, length);
        return Audio.of(Arrays.copyOfRange(samples, from, from + length), rate);
    }

    private int loudest(float[] samples, int length) {
        var energy = new double[samples.length + 1];
        for (int t = 0; t < samples.length; t++) energy[t + 1] = energy[t] + samples[t] * samples[t];
        int best = 0;
        for (int from = 0; from + length <= samples.length; from += Math.max(1, rate / STEP)) {
            if (energy[from + length] - energy[from] > energy[best + length] - energy[best]) best = from;
        }
        return best;
    }

    /**
     * What a model hears of clips that {@link #fit} made, (N, bands, frames): its bands in tens of decibels, 6 where a
     * clip is loudest and 0 from 60 decibels below that on. So loudness does not matter, and digital silence, whose
     * logarithm is far from all others, is no more than quiet.
     */
    public Tensor batch(List<Audio> clips) {
        var samples = new float[clips.size() * length()];
        for (int i = 0; i < clips.size(); i++) {
            System.arraycopy(clips.get(i).samples(), 0, samples, i * length(), length());
        }
        try (var scope = Scope.open()) {
            Tensor bands = new LogMel(mel()).forward(Tensor.of(samples, clips.size(), length()));
            Tensor loudest = bands.amax(new long[] {1, 2}, true);
            return scope.keep(bands.sub(loudest).div(Math.log(10)).add(RANGE).clamp(0, null));
        }
    }

    /** Writes {@code preprocessor_config.json}. */
    public void save(Path folder) { ModelFolder.writeConfig(this, folder.resolve(FILE)); }

    /** Reads it back. */
    public static SoundProcessor open(Path folder) {
        return ModelFolder.read(folder.resolve(FILE), SoundProcessor.class);
    }
}
