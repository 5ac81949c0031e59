package dev.merapi.bench;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RecordingsTest {
    @Test void theyLastAsLongAsIsSaidAndAreSilentBehindTheirEnds() {
        int frames = IntStream.range(0, Recordings.COUNT).map(Recordings::frames).sum();
        assertEquals(Workload.DEEP_SPEECH.items(), frames / 100.0);
        float[] features = Recordings.features(1);
        long silent = IntStream.range(0, features.length).filter(i -> features[i] == 0).count();
        assertEquals((long) Recordings.BANDS * (Recordings.COUNT * Recordings.FRAMES - frames), silent);
        assertTrue(Arrays.stream(Recordings.texts(1)).allMatch(c -> c >= 1 && c < Recordings.CLASSES));
    }

    @Test void weightsFollowFromTheirNames() {
        assertArrayEquals(Recordings.weights("a", 4, 6), Recordings.weights("a", 4, 6));
        assertTrue(!Arrays.equals(Recordings.weights("a", 4, 6), Recordings.weights("b", 4, 6)));
        assertArrayEquals(new float[] {1, 1}, Recordings.weights("norm.weight", 2));
        assertArrayEquals(new float[] {0, 0}, Recordings.weights("bias_ih_l0", 2));
    }
}
