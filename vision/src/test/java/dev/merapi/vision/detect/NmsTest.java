package dev.merapi.vision.detect;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Against torchvision: {@code src/test/python/boxes.py} made the numbers. */
class NmsTest {
    private static final float[] BOXES = {
        0.25f, 6.25f, 13.75f, 12.25f, 28.25f, 3.5f, 56.5f, 31, 35.75f, 53.25f, 54.25f, 82.25f, 9, 24, 15.5f,
        42.75f, 10.5f, 57, 41, 88.25f, 39, 13, 72.5f, 18.25f, 10.75f, 11.25f, 24.75f, 34.25f, 7.25f, 7, 20,
        36, 8.25f, 3, 15.25f, 15.75f, 22, 0.25f, 35, 20.5f, 35, 25.75f, 53.25f, 36, 45.25f, 22.75f, 55,
        39.25f, 25.75f, 57.75f, 53.75f, 71.75f, 25.75f, 56.5f, 55.5f, 80.25f, 19.25f, 55, 45.75f, 68.25f,
        51.25f, 32.25f, 60.25f, 45.5f, 7.5f, 5.25f, 28, 14.5f, 46, 43.5f, 69.25f, 75.75f, 16.5f, 30.5f, 45.5f,
        55.75f, 33.75f, 55, 57, 85.25f, 4.25f, 4.25f, 10.5f, 25, 55.5f, 3.75f, 81.5f, 10.5f, 10, 19.75f, 24,
        44.25f, 4.75f, 59.75f, 27, 85, 9.75f, 46.5f, 26.25f, 59, 35, 42.5f, 56.75f, 57.25f, 35.5f, 18.5f,
        50.5f, 32.75f, 47.75f, 9, 74.5f, 36.75f, 10, 7.25f, 20, 14.5f, 55.25f, 56.5f, 73, 90.5f, 38.5f, 0.5f,
        44.75f, 13.25f, 0, 16.25f, 24.25f, 36, 24.5f, 31.75f, 58, 52, 45, 22.75f, 53.75f, 45.75f, 43.75f,
        47.5f, 49.75f, 65.5f, 1, 30.25f, 21.75f, 55.25f, 19.75f, 25.5f, 43.5f, 31, 44.75f, 59, 54, 93.75f,
        34.5f, 59.75f, 67.75f, 66.75f, 52.5f, 31, 76.5f, 45.5f};
    private static final float[] SCORES = {
        0.099f, 0.548f, 0.639f, 0.751f, 0.081f, 0.016f, 0.738f, 0.4f, 0.493f, 0.37f, 0.501f, 0.583f, 0.038f,
        0.684f, 0.555f, 0.731f, 0.242f, 0.864f, 0.833f, 0.249f, 0.938f, 0.564f, 0.941f, 0.954f, 0.578f,
        0.581f, 0.657f, 0.821f, 0.043f, 0.503f, 0.978f, 0.147f, 0.218f, 0.552f, 0.681f, 0.769f, 0.528f,
        0.618f, 0.273f, 0.974f};
    private static final long[] LABELS = {1, 1, 2, 2, 0, 0, 2, 1, 2, 0, 1, 0, 1, 1, 0, 2, 1, 2, 1, 0, 2, 1, 1, 2, 1, 2,
        0, 2, 0, 1, 2, 2, 1, 0, 1, 0, 1, 0, 2, 0};

    @Test void keepsWhatTorchvisionKeeps() {
        try (var _ = Scope.open()) {
            var boxes = Tensor.of(BOXES, 40, 4);
            var scores = Tensor.of(SCORES);
            assertArrayEquals(new long[] {30, 39, 23, 22, 20, 17, 18, 27, 35, 3, 15, 13, 34, 26, 37, 11, 25, 24, 21, 14,
                1, 36, 29, 8, 7, 9, 38, 0, 5}, Nms.plain(boxes, scores, 0.3).toLongs());
            assertArrayEquals(new long[] {30, 39, 23, 22, 20, 17, 18, 27, 35, 3, 6, 15, 13, 34, 26, 2, 37, 11, 25, 24,
                21, 14, 1, 36, 29, 10, 8, 7, 9, 38, 16, 32, 31, 0, 4, 28, 12, 5},
                    Nms.plain(boxes, scores, 0.6).toLongs());
            assertArrayEquals(new long[] {30, 39, 23, 22, 20, 17, 18, 27, 35, 3, 6, 15, 13, 34, 26, 2, 37, 11, 25, 24,
                21, 14, 1, 36, 29, 10, 8, 7, 9, 38, 16, 0, 4, 28, 5},
                    Nms.byClass(boxes, scores, Tensor.of(LABELS), 0.3).toLongs());
        }
    }

    /** Two boxes overlap by a half, the third lies apart. */
    @Test void softLowersByTheOverlap() {
        try (var _ = Scope.open()) {
            var boxes = Tensor.of(new float[] {0, 0, 20, 10, 0, 0, 10, 10, 50, 50, 60, 60}, 3, 4);
            var scores = Tensor.of(new float[] {0.9f, 0.8f, 0.7f});
            var left = Nms.soft(boxes, scores, null, 0.5, 0.01);
            assertArrayEquals(new long[] {0, 2, 1}, left.indices().toLongs());
            assertArrayEquals(new float[] {0.9f, 0.7f, (float) (0.8 * Math.exp(-0.5 * 0.5 / 0.5))},
                    left.scores().toFloats(), 1e-6f);
            assertArrayEquals(new long[] {0, 2}, Nms.soft(boxes, scores, null, 0.5, 0.5).indices().toLongs());
            var others = Nms.soft(boxes, scores, Tensor.of(new long[] {0, 1, 0}), 0.5, 0.01);
            assertArrayEquals(new float[] {0.9f, 0.8f, 0.7f}, others.scores().toFloats(), 1e-6f);
        }
    }

    @Test void nothingAndMistakes() {
        long before = Scope.live();
        try (var _ = Scope.open()) {
            assertEquals(0, Nms.plain(Tensor.zeros(0, 4), Tensor.zeros(0), 0.5).numel());
            assertEquals("Nms: expected boxes (N, 4) with N scores. Received (2, 4), (3)",
                    assertThrows(IllegalArgumentException.class,
                            () -> Nms.plain(Tensor.zeros(2, 4), Tensor.zeros(3), 0.5)).getMessage());
        }
        assertTrue(Scope.live() <= before, "left alive: " + (Scope.live() - before));
    }
}
