package dev.merapi.vision.model;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StochasticDepthTest {
    @Test void wholeExamplesAreLeftOut() {
        Torch.seed(1);
        try (var layer = new StochasticDepth(0.25); var _ = Scope.open()) {
            double[] kept = layer.forward(Tensor.ones(1000, 2, 3)).flatten(1, -1).sum(1).toDoubles();
            int count = 0;
            for (double sum : kept) {
                assertTrue(sum == 0 || Math.abs(sum - 8) < 1e-5, "six ones over 0.75, or none: " + sum);
                if (sum > 0) count++;
            }
            assertEquals(750, count, 60); // over four deviations
            layer.eval();
            assertEquals(6000, layer.forward(Tensor.ones(1000, 2, 3)).sum().item());
        }
    }

    @Test void aProbabilityIsExpected() {
        assertEquals("StochasticDepth.p: expected a number from 0 to below 1. Received 1.0.",
                assertThrows(IllegalArgumentException.class, () -> new StochasticDepth(1)).getMessage());
    }
}
