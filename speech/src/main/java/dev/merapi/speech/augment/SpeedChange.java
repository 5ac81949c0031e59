package dev.merapi.speech.augment;

import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.audio.Resampler;
import dev.merapi.tensor.Expect;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Plays faster or slower, by a hundredth, which also makes it higher or lower (Ko et al. 2015).
 *
 * @param least speed, 1 being as it is
 * @param most speed
 */
public record SpeedChange(double least, double most) implements AudioTransform {
    /** @throws IllegalArgumentException unless 0.1 ≤ least ≤ most ≤ 10 */
    public SpeedChange {
        Expect.that(least >= 0.1 && most >= least && most <= 10, "SpeedChange", "0.1 ≤ least ≤ most ≤ 10",
                least + " and " + most);
    }

    @Override public Audio apply(Audio audio, RandomGenerator random) {
        return by((int) Math.round(100 * Between.draw(least, most, random)), audio);
    }

    private static Audio by(int percent, Audio audio) {
        if (percent == 100) return audio;
        var resampler = new Resampler(percent, 100);
        float[][] channels = new float[audio.channels()][];
        Arrays.setAll(channels, c -> resampler.apply(audio.channel(c)));
        return Audio.of(channels, audio.rate());
    }
}
