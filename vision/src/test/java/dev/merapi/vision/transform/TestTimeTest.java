package dev.merapi.vision.transform;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class TestTimeTest {
    /** A model that sees the left column alone sees both by a mirror. */
    @Test void answersAreAveraged() {
        try (var _ = Scope.open()) {
            var x = Tensor.of(new float[] {1, 3, 5, 9}, 1, 1, 2, 2);
            assertArrayEquals(new float[] {(1 + 3) / 2f, (5 + 9) / 2f},
                    TestTime.MIRRORED.on(images -> images.select(3, 0)).forward(x).toFloats());
            var three = new TestTime(List.of(t -> t, t -> t.mul(2), t -> t.mul(6)));
            assertEquals(18 * 9 / 3.0, three.on(Tensor::sum).forward(x).item(), 1e-5);
        }
        assertEquals("TestTime.views: expected one at least. Received [].",
                assertThrows(IllegalArgumentException.class, () -> new TestTime(List.of())).getMessage());
    }
}
