package dev.merapi.speech.augment;

import dev.merapi.speech.audio.Audio;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A room: the sound itself, and echoes as noise that fades by 60 dB in a time between two. Length and loudness stay.
 *
 * @param least seconds
 * @param most seconds
 * @param wet energy of the echoes, as a part of the sound's own
 */
public record Reverb(double least, double most, double wet) implements AudioTransform {
    /** @throws IllegalArgumentException unless 0 &lt; least ≤ most and wet ≥ 0 */
    public Reverb {
        Expect.that(least > 0 && most >= least, "Reverb", "0 < least ≤ most", least + " and " + most);
        Expect.atLeast("Reverb.wet", 0, wet);
    }

    @Override public Audio apply(Audio audio, RandomGenerator random) {
        float[] room = room(Between.draw(least, most, random), audio.rate(), random);
        var out = new float[audio.channels()][];
        for (int c = 0; c < out.length; c++) out[c] = convolve(audio.channel(c), room);
        double before = 0, after = 0;
        for (int c = 0; c < out.length; c++) {
            for (int t = 0; t < audio.length(); t++) {
                before += (double) audio.channel(c)[t] * audio.channel(c)[t];
                after += (double) out[c][t] * out[c][t];
            }
        }
        double factor = after == 0 ? 1 : Math.sqrt(before / after);
        for (float[] channel : out) for (int t = 0; t < channel.length; t++) channel[t] *= (float) factor;
        return Audio.of(out, audio.rate());
    }

    /** What the room makes of a click. */
    private float[] room(double seconds, int rate, RandomGenerator random) {
        var room = new float[Math.max(2, (int) (seconds * rate))];
        double energy = 0;
        for (int t = 1; t < room.length; t++) {
            room[t] = (float) (random.nextGaussian() * Math.pow(10, -3.0 * t / room.length));
            energy += (double) room[t] * room[t];
        }
        double factor = Math.sqrt(wet / energy);
        for (int t = 1; t < room.length; t++) room[t] *= (float) factor;
        room[0] = 1;
        return room;
    }

    static float[] convolve(float[] samples, float[] kernel) {
        long size = samples.length + kernel.length - 1L;
        try (var _ = Scope.open()) {
            Tensor product = Tensor.of(samples).rfft(size, 0).mul(Tensor.of(kernel).rfft(size, 0));
            return Arrays.copyOf(product.irfft(size, 0).toFloats(), samples.length);
        }
    }
}
