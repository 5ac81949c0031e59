package dev.merapi.bench;

import java.util.Arrays;

/**
 * Random recordings with texts, the longest first, and the first weights of the network that learns them: the same for
 * every contender, so that their losses are too.
 */
public final class Recordings {
    public static final int COUNT = 16;
    public static final int BANDS = 80;
    /** Symbols, and the blank 0. */
    public static final int CLASSES = 29;
    /** Of the first, of 10 ms each. */
    public static final int FRAMES = 400;
    /** Of the first. */
    public static final int SYMBOLS = symbols(0);
    static final int SECONDS = 52; // of all

    private Recordings() {}

    /** Frames of a recording. */
    public static int frames(int recording) { return FRAMES - 10 * recording; }

    /** Symbols of its text. */
    public static int symbols(int recording) { return frames(recording) / 10; }

    /** Features ({@link #COUNT}, {@link #BANDS}, {@link #FRAMES}), 0 behind the end. */
    public static float[] features(int seed) {
        float[] features = Batches.normal(seed, COUNT * BANDS * FRAMES);
        for (int row = 0; row < COUNT * BANDS; row++) {
            Arrays.fill(features, row * FRAMES + frames(row / BANDS), (row + 1) * FRAMES, 0);
        }
        return features;
    }

    /** Symbols ({@link #COUNT}, {@link #SYMBOLS}), of which those behind the end do not count. */
    public static int[] texts(int seed) {
        return Arrays.stream(Batches.integers(seed, COUNT * SYMBOLS, CLASSES - 1)).map(c -> c + 1).toArray();
    }

    /** Normal numbers of the deviation 1 / √(fan-in); of a vector 1, or 0 if it is a bias. */
    public static float[] weights(String name, long... shape) {
        int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        var weights = new float[count];
        if (shape.length == 1) {
            Arrays.fill(weights, name.contains("bias") ? 0 : 1);
            return weights;
        }
        float[] normal = Batches.normal(name.hashCode(), count);
        for (int i = 0; i < count; i++) weights[i] = (float) (normal[i] / Math.sqrt((double) count / shape[0]));
        return weights;
    }
}
