package dev.merapi.speech.augment;

import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.audio.Resampler;
import dev.merapi.tensor.Expect;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Higher or lower, as fast as before: stretched by {@link TimeStretch}, then played faster.
 *
 * @param least semitones, negative for lower
 * @param most semitones
 */
public record PitchShift(double least, double most) implements AudioTransform {
    private static final int STEPS = 200; // of a speed, so that resampling has few phases

    /** @throws IllegalArgumentException unless −24 ≤ least ≤ most ≤ 24 */
    public PitchShift {
        Expect.that(least >= -24 && most >= least && most <= 24, "PitchShift", "−24 ≤ least ≤ most ≤ 24 semitones",
                least + " and " + most);
    }

    @Override public Audio apply(Audio audio, RandomGenerator random) {
        int speed = (int) Math.round(STEPS * Math.pow(2, Between.draw(least, most, random) / 12));
        if (speed == STEPS) return audio;
        var slow = TimeStretch.by((double) STEPS / speed, audio);
        var resampler = new Resampler(speed, STEPS);
        float[][] channels = new float[audio.channels()][];
        Arrays.setAll(channels, c -> Arrays.copyOf(resampler.apply(slow.channel(c)), audio.length()));
        return Audio.of(channels, audio.rate());
    }
}
