package dev.merapi.speech.synthesis;

/**
 * How high a voice is in each frame: where the normalised autocorrelation of its samples is highest (Boersma 1993),
 * between 60 and 500 Hz.
 */
final class PitchTracker {
    private static final double LOWEST = 60, HIGHEST = 500; // Hz
    private static final double VOICED = 0.5; // of the autocorrelation at no distance
    private static final double MIDDLE = Math.log(200), SPREAD = 0.4; // of the logarithm of hertz

    private PitchTracker() {}

    /** For each frame the logarithm of the hertz around 0, and NaN where there is no voice. */
    static float[] track(float[] samples, int rate, int hop, int frames) {
        int shortest = (int) (rate / HIGHEST), longest = (int) Math.ceil(rate / LOWEST);
        var pitch = new float[frames];
        for (int frame = 0; frame < frames; frame++) {
            double hertz = hertz(samples, rate, frame * hop - longest, shortest, longest);
            pitch[frame] = hertz == 0 ? Float.NaN : (float) ((Math.log(hertz) - MIDDLE) / SPREAD);
        }
        return pitch;
    }

    /** 0 where there is no voice in two of the longest periods from a sample on. */
    private static double hertz(float[] samples, int rate, int from, int shortest, int longest) {
        int begin = Math.max(0, from), end = Math.min(samples.length, from + 2 * longest);
        if (end - begin < 2 * longest) return 0;
        double best = 0;
        int period = 0;
        for (int lag = shortest; lag <= longest; lag++) {
            double product = 0, first = 0, second = 0;
            for (int t = begin; t + lag < end; t++) {
                product += samples[t] * samples[t + lag];
                first += samples[t] * samples[t];
                second += samples[t + lag] * samples[t + lag];
            }
            double like = product / Math.sqrt(first * second + 1e-9);
            if (like > best + 0.01) { // a multiple of the period is as like
                best = like;
                period = lag;
            }
        }
        return best < VOICED ? 0 : (double) rate / period;
    }
}
