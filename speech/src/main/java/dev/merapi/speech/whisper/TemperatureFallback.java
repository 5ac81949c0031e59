package dev.merapi.speech.whisper;

import java.nio.charset.StandardCharsets;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.zip.Deflater;

/**
 * Writes a window again, hotter and hotter, while its text repeats itself or is unlikely, and takes an unlikely text
 * for none where the model hears no speech; as OpenAI's program (Radford et al. 2022, section 4.5), with its numbers.
 *
 * @param text of ids
 * @param likelihood the mean logarithm of the ids' probabilities
 */
record TemperatureFallback(Function<long[], String> text, ToDoubleFunction<long[]> likelihood) {
    private static final double[] TEMPERATURES = {0, 0.2, 0.4, 0.6, 0.8, 1};
    private static final double REPEATS = 2.4; // bytes of a text for each that zlib makes of them
    private static final double UNLIKELY = -1;
    private static final double SILENT = 0.6;

    /**
     * The first text that is good enough, or the last; none where nobody speaks.
     *
     * @param attempt writes ids at a temperature, 0 for the likeliest
     * @param noSpeech the probability that nobody speaks
     */
    long[] write(DoubleFunction<long[]> attempt, double noSpeech) {
        long[] ids = {};
        for (double temperature : TEMPERATURES) {
            ids = attempt.apply(temperature);
            boolean unlikely = likelihood.applyAsDouble(ids) < UNLIKELY;
            if (unlikely && noSpeech > SILENT) return new long[0];
            if (!unlikely && compression(text.apply(ids)) <= REPEATS) return ids;
        }
        return ids;
    }

    /** Bytes of a text for each that zlib makes of them: many where it repeats itself. */
    static double compression(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (var deflater = new Deflater()) {
            deflater.setInput(bytes);
            deflater.finish();
            var buffer = new byte[512];
            while (!deflater.finished()) deflater.deflate(buffer);
            return (double) bytes.length / deflater.getBytesWritten();
        }
    }
}
