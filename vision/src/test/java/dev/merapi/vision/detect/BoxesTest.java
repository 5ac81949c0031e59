package dev.merapi.vision.detect;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.Box;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Overlaps against torchvision: {@code src/test/python/boxes.py} made the numbers. */
class BoxesTest {
    private static final float[] A = {0, 0, 10, 10, 5, 5, 20, 15, 30, 30, 40, 45};
    private static final float[] B = {0, 0, 10, 10, 8, 2, 18, 12, 31, 33, 37, 50, 60, 60, 61, 61};

    @Test void overlapsAndTheirGradientAreTorchvisions() {
        try (var _ = Scope.open()) {
            var a = Tensor.of(A, 3, 4);
            var b = Tensor.of(B, 4, 4);
            assertArrayEquals(new float[] {1, 0.0869565f, 0, 0, 0.1111111f, 0.3888889f, 0, 0, 0, 0, 0.4f, 0},
                    Boxes.iou(a, b).toFloats(), 1e-6f);
            assertArrayEquals(new float[] {1, -0.0611916f, -0.8908108f, -0.9728568f, -0.1388889f, 0.3119658f, -0.825f,
                -0.9518495f, -0.8611111f, -0.8183140f, 0.3f, -0.8428720f}, Boxes.giou(a, b).toFloats(), 1e-6f);
            var x = a.copy().requiresGrad_(true);
            Boxes.giouOf(x, b.narrow(0, 0, 3)).rsub(1).sum().backward();
            float[] expected = {0, 0, 0, 0, -0.0318613f, 0.0703941f, 0.0318613f, 0.0264902f, -0.0483333f, -0.0172222f,
                0.0483333f, -0.0444444f};
            float[] gradient = x.grad().toFloats();
            // the first box is the other itself: the slope is not defined there, and shared out by the engine
            for (int i = 4; i < expected.length; i++) assertEquals(expected[i], gradient[i], 1e-6f, "at " + i);
        }
    }

    @Test void formsAndAreas() {
        try (var _ = Scope.open()) {
            var boxes = Tensor.of(A, 3, 4);
            assertArrayEquals(new float[] {100, 150, 150}, Boxes.area(boxes).toFloats());
            float[] sizes = {0, 0, 10, 10, 5, 5, 15, 10, 30, 30, 10, 15};
            assertArrayEquals(sizes, Boxes.toSizes(boxes).toFloats());
            assertArrayEquals(new float[] {5, 5, 10, 10, 12.5f, 10, 15, 10, 35, 37.5f, 10, 15},
                    Boxes.toCenters(boxes).toFloats());
            assertArrayEquals(A, Boxes.ofSizes(Boxes.toSizes(boxes)).toFloats());
            assertArrayEquals(A, Boxes.ofCenters(Boxes.toCenters(boxes)).toFloats());
            assertArrayEquals(new float[] {0, 0, 10, 10, 5, 5, 18, 12, 18, 12, 18, 12},
                    Boxes.clip(boxes, 12, 18).toFloats());
            assertEquals(List.of(new Box(5, 5, 20, 15)), Boxes.list(boxes.narrow(0, 1, 1)));
            assertArrayEquals(A, Boxes.of(Boxes.list(boxes)).toFloats());
        }
    }

    @Test void theTwoKindsOfBoxesAgree() {
        try (var _ = Scope.open()) {
            var a = Boxes.list(Tensor.of(A, 3, 4));
            var b = Boxes.list(Tensor.of(B, 4, 4));
            float[] overlaps = Boxes.iou(Boxes.of(a), Boxes.of(b)).toFloats();
            for (int i = 0; i < 12; i++) assertEquals(overlaps[i], a.get(i / 4).iou(b.get(i % 4)), 1e-6);
            assertEquals(new Box(5, 5, 18, 12), a.get(1).clip(12, 18));
            assertEquals(0, a.get(2).clip(12, 18).area());
            assertEquals(0, new Box(1, 1, 1, 1).iou(new Box(1, 1, 1, 1)));
        }
    }

    @Test void mistakesAreNamed() {
        assertEquals("Box: expected left, top, right and bottom as finite numbers in order. Received"
                + " (3.0, 0.0, 2.0, 5.0)", message(() -> new Box(3, 0, 2, 5)));
        assertEquals("Box: expected left, top, right and bottom as finite numbers in order. Received"
                + " (NaN, 0.0, 2.0, 5.0)", message(() -> new Box(Double.NaN, 0, 2, 5)));
        try (var _ = Scope.open()) {
            assertEquals("Boxes: expected floating-point boxes (…, 4). Received float32 (2, 3)",
                    message(() -> Boxes.area(Tensor.zeros(2, 3))));
        }
    }

    private static String message(Runnable mistake) {
        return assertThrows(IllegalArgumentException.class, mistake::run).getMessage();
    }
}
