package dev.merapi.speech.augment;

import dev.merapi.speech.audio.Audio;
import dev.merapi.tensor.Expect;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Adds noise at a signal-to-noise ratio in decibels: a part of a recording, repeated where it is too short, or white
 * noise where there is no recording. Silence stays as it is.
 *
 * @param noises recordings of one channel and the clips' rate; empty for white noise
 * @param least ratio
 * @param most ratio
 */
public record AddNoise(List<Audio> noises, double least, double most) implements AudioTransform {
    /** @throws IllegalArgumentException for an empty or silent recording, or least above most */
    public AddNoise {
        noises = List.copyOf(noises);
        for (var noise : noises) Expect.that(noise.peak() > 0, "AddNoise", "noises that can be heard", "silence");
        Expect.that(least <= most, "AddNoise", "least ≤ most", least + " and " + most);
    }

    /** White noise at a ratio between these. */
    public static AddNoise white(double least, double most) { return new AddNoise(List.of(), least, most); }

    @Override public Audio apply(Audio audio, RandomGenerator random) {
        double ratio = Between.draw(least, most, random);
        float[] noise = noise(audio, random);
        double loud = 0;
        for (int c = 0; c < audio.channels(); c++) loud += energy(audio.channel(c)) / audio.channels();
        double factor = Math.sqrt(loud / Math.max(energy(noise), 1e-30) / Math.pow(10, ratio / 10));
        var out = new float[audio.channels()][audio.length()];
        for (int c = 0; c < out.length; c++) {
            for (int t = 0; t < noise.length; t++) out[c][t] = (float) (audio.channel(c)[t] + factor * noise[t]);
        }
        return Audio.of(out, audio.rate());
    }

    private float[] noise(Audio audio, RandomGenerator random) {
        var noise = new float[audio.length()];
        if (noises.isEmpty()) {
            for (int t = 0; t < noise.length; t++) noise[t] = (float) random.nextGaussian();
            return noise;
        }
        var recording = noises.get(random.nextInt(noises.size()));
        Expect.that(recording.rate() == audio.rate(), "AddNoise", "clips of " + recording.rate() + " Hz, as the noise",
                audio.rate() + " Hz");
        float[] samples = recording.samples();
        int from = random.nextInt(samples.length);
        for (int t = 0; t < noise.length; t++) noise[t] = samples[(int) (((long) from + t) % samples.length)];
        return noise;
    }

    private static double energy(float[] samples) {
        double sum = 0;
        for (float sample : samples) sum += (double) sample * sample;
        return sum;
    }
}
