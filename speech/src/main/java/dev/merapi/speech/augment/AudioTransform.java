package dev.merapi.speech.augment;

import dev.merapi.speech.audio.Audio;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Changes a clip at random. */
@FunctionalInterface
public interface AudioTransform {
    /** The changed clip, of the same rate and channels; all that is random comes from {@code random}. */
    Audio apply(Audio audio, RandomGenerator random);

    /** One after the other. */
    static AudioTransform all(AudioTransform... transforms) {
        return (audio, random) -> Arrays.stream(transforms).reduce(audio, (a, t) -> t.apply(a, random), (_, b) -> b);
    }

    /** This one with a probability, and the clip as it is otherwise. */
    default AudioTransform sometimes(double probability) {
        return (audio, random) -> random.nextDouble() < probability ? apply(audio, random) : audio;
    }
}
