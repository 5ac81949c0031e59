package dev.merapi.vision;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class NormalizeTest {
    /** What {@code src/test/python/transforms.py} prints, by torchvision. */
    @Test void equalsTorchvision() throws URISyntaxException {
        var image = Image.read(Path.of(NormalizeTest.class.getResource("/goldens/input.png").toURI()));
        try (var _ = Scope.open()) {
            Tensor x = Normalize.IMAGENET.batch(List.of(image));
            assertEquals("float32 (1, 3, 37, 53) cpu", x.describe());
            var means = x.to(DType.FLOAT64).mean(0, 2, 3).toFloats();
            assertArrayEquals(new float[] {0.19677592399f, 0.28755698149f, 0.95127921566f}, means, 1e-6f);
            assertArrayEquals(new float[] {-0.64517509937f, -2.03571414948f, 0.80993479490f},
                    x.select(2, 10).select(2, 20).toFloats(), 1e-6f);
        }
    }

    @Test void channelsComeLastInMemory() {
        var pixels = new byte[] {0, 51, 102, -103, -52, -1}; // 0, 0.2, 0.4, 0.6, 0.8, 1
        try (var _ = Scope.open()) {
            Tensor x = Normalize.RGB.batch(List.of(new Image(1, 2, 3, pixels)));
            assertArrayEquals(new float[] {0, 0.6f, 0.2f, 0.8f, 0.4f, 1}, x.toFloats(), 1e-7f);
            assertFalse(x.isContiguous());
            assertTrue(x.permute(0, 2, 3, 1).isContiguous());
        }
    }

    @Test void mistakesAreNamed() {
        var gray = new Image(2, 2, 1);
        assertMessage("Normalize.batch: expected images of 3 channel(s). Received Image(2, 2, 1); use toRgb() or"
                + " toGray().", () -> Normalize.RGB.batch(List.of(gray)));
        assertMessage("Normalize.batch: expected images of one size. Received Image(2, 2, 1) and Image(3, 2, 1); add a"
                + " Resize or a crop.", () -> Normalize.GRAY.batch(List.of(gray, new Image(3, 2, 1))));
        assertMessage("Normalize.batch: expected at least one image.", () -> Normalize.GRAY.batch(List.of()));
        assertMessage("Normalize: expected every std above 0. Received [0.0]", () -> Normalize.of(0.5, 0));
        assertMessage("Normalize: expected a mean and a std for each of 1 or 3 channels. Received mean [0.5, 0.5] and"
                + " std [1.0]", () -> new Normalize(List.of(0.5, 0.5), List.of(1.0)));
        assertMessage("Image: expected 12 bytes for shape (2, 2, 3). Received 4",
                () -> new Image(2, 2, 3, new byte[4]));
        assertMessage("Image: expected positive sizes and 1 or 3 channels. Received (2, 2, 4)",
                () -> new Image(2, 2, 4, new byte[16]));
        assertMessage("Image: expected positive sizes and 1 or 3 channels. Received (-2, 2, 3)",
                () -> new Image(-2, 2, 3));
        assertMessage("Image: expected at most 2 GiB. Received sizes of 7500000000 bytes",
                () -> new Image(50_000, 50_000, 3));
        assertMessage("Normalize.batch: expected at most 2,147,483,639 values. Received 10000 images as Image(1000,"
                + " 1000, 1); make the batch smaller.",
                () -> Normalize.GRAY.batch(Collections.nCopies(10_000, new Image(1000, 1000, 1))));
    }

    private static void assertMessage(String expected, Runnable mistake) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, mistake::run).getMessage());
    }
}
