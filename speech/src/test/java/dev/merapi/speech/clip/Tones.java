package dev.merapi.speech.clip;

import dev.merapi.speech.audio.Audio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Folders of tones, which anybody tells apart. */
public final class Tones {
    private Tones() {}

    /** Half a second of a tone and its octave, four times on and off, with noise. */
    public static Audio of(double hertz, long seed) {
        var random = new SplittableRandom(seed);
        var samples = new float[4000];
        double phase = random.nextDouble();
        for (int t = 0; t < samples.length; t++) {
            double at = 2 * Math.PI * (hertz * t / 8000 + phase);
            double tone = t / 500 % 2 == 0 ? 0.3 * Math.sin(at) + 0.1 * Math.sin(2 * at) : 0;
            samples[t] = (float) (tone + 0.01 * random.nextGaussian());
        }
        return Audio.of(samples, 8000);
    }

    /** A folder for each name, whose tones are 300 Hz higher than those before it. */
    public static void write(Path root, int count, String... names) throws IOException {
        for (int i = 0; i < names.length; i++) {
            Path folder = Files.createDirectories(root.resolve(names[i]));
            for (int j = 0; j < count; j++) {
                Path file = folder.resolve("s%d_nohash_%d.wav".formatted(j / 2, j % 2));
                of(300 + 300 * i + 3 * j, 100 * i + j).write(file);
            }
        }
    }
}
