package dev.merapi.speech.pipeline;

import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.audio.AudioStream;
import java.util.Arrays;
import java.util.function.Consumer;

/** Cuts a stream where somebody pauses, as it comes. */
final class Turns {
    private static final double STEP = 0.02;
    private static final double MOST = 20; // seconds, if nobody pauses
    private static final double BEFORE = 0.2; // seconds that are kept before the first sound

    /**
     * What was said without a pause.
     *
     * @param start in seconds since the beginning
     */
    record Turn(Audio audio, double start) {}

    private final AudioStream sound;
    private final double pause;
    private final double silence;
    private final double end;
    private double now;

    /** @param seconds to listen; 0 for all */
    Turns(AudioStream sound, double pause, double silence, double seconds) {
        this.sound = sound;
        this.pause = pause;
        this.silence = silence;
        end = seconds == 0 ? Double.POSITIVE_INFINITY : seconds;
    }

    /** The next, waiting for it; null at the end. */
    Turn next() { return next(_ -> { }); }

    /** @param taker gets its samples as they come */
    Turn next(Consumer<float[]> taker) {
        int rate = sound.rate();
        int step = Math.max(1, (int) (STEP * rate));
        float[] held = new float[(int) (MOST * rate) + step];
        int length = 0;
        boolean speaking = false;
        double quiet = 0;
        while (now < end) {
            float[] block = sound.read(step).samples();
            if (block.length == 0) break;
            now += (double) block.length / rate;
            System.arraycopy(block, 0, held, length, block.length);
            length += block.length;
            boolean loud = level(block) > silence;
            quiet = loud ? 0 : quiet + (double) block.length / rate;
            if (speaking) taker.accept(block);
            else if (loud) taker.accept(Arrays.copyOf(held, length));
            speaking |= loud;
            if (!speaking) {
                int gone = Math.max(0, length - (int) (BEFORE * rate));
                System.arraycopy(held, gone, held, 0, length - gone);
                length -= gone;
            } else if (quiet >= pause || length > held.length - step) {
                return turn(held, length, rate);
            }
        }
        return speaking ? turn(held, length, rate) : null;
    }

    /** Seconds of sound that have come so far. */
    double now() { return now; }

    private Turn turn(float[] held, int length, int rate) {
        return new Turn(Audio.of(Arrays.copyOf(held, length), rate), now - (double) length / rate);
    }

    private static double level(float[] block) {
        double sum = 0;
        for (float sample : block) sum += (double) sample * sample;
        return 10 * Math.log10(sum / block.length);
    }
}
