package dev.merapi.speech;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.speech.audio.Audio;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

/** The signal and the numbers of {@code src/test/python/feature_goldens.py}. */
public final class TestSignal {
    private static final JsonNode GOLDENS = read();

    private TestSignal() {}

    private static JsonNode read() {
        try (var in = TestSignal.class.getResourceAsStream("feature/goldens.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A rising tone, a fading one and noise. */
    public static float[] samples(int length, int rate) {
        var x = new float[length];
        long state = 1;
        for (int i = 0; i < length; i++) {
            state = (state * 1103515245 + 12345) % (1L << 31);
            double noise = state / (double) (1L << 31) - 0.5;
            double t = (double) i / rate;
            x[i] = (float) (0.5 * Math.sin(2 * Math.PI * (200 * t + 1500 * t * t))
                    + 0.2 * Math.sin(2 * Math.PI * 3000 * t) * Math.exp(-5 * t) + 0.02 * noise);
        }
        return x;
    }

    /** Of one channel. */
    public static Audio audio(int length, int rate) { return Audio.of(samples(length, rate), rate); }

    /** What NumPy computed. */
    public static float[] golden(String name) {
        var node = GOLDENS.get(name);
        var values = new float[node.size()];
        for (int i = 0; i < values.length; i++) values[i] = (float) node.get(i).asDouble();
        return values;
    }

    public static void assertGolden(String name, Tensor received, double tolerance) {
        assertClose(golden(name), received.toFloats(), tolerance);
    }

    public static void assertClose(float[] expected, float[] received, double tolerance) {
        assertEquals(expected.length, received.length, "how many");
        for (int i = 0; i < expected.length; i++) {
            if (Math.abs(expected[i] - received[i]) <= tolerance) continue;
            fail("at " + i + ": expected " + expected[i] + ", received " + received[i]);
        }
    }
}
