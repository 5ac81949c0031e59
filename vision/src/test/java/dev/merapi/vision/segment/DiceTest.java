package dev.merapi.vision.segment;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DiceTest {
    /** Two pixels that count, of the classes 0 and 1, and one that does not; all equally likely. */
    @Test void byHand() {
        try (var _ = Scope.open()) {
            var logits = Tensor.zeros(1, 2, 3);
            var ids = Tensor.of(new long[] {0, 1, -100}, 1, 3);
            // each class: Σ p t = 1/2, Σ p = 1, Σ t = 1
            assertEquals(1 - 1.0 / 2, new Dice(0).forward(logits, ids).item(), 1e-6);
            assertEquals(1 - (1.0 + 1) / (2 + 1), new Dice().forward(logits, ids).item(), 1e-6);
            assertEquals(1, new Dice().weight(logits, ids));
        }
    }

    @Test void whatIsRightCostsNothing() {
        try (var _ = Scope.open()) {
            var logits = Tensor.of(new float[] {30, 30, -30, -30, -30, -30, 30, 30, -30, -30, -30, -30}, 1, 3, 2, 2);
            var ids = Tensor.of(new long[] {0, 0, 1, 1}, 1, 2, 2);
            assertEquals(0, new Dice().forward(logits, ids).item(), 1e-6, "nor does a class that is nowhere");
            var wrong = Tensor.of(new long[] {1, 1, 0, 0}, 1, 2, 2);
            assertEquals(1 - (1 / 5.0 + 1 / 5.0 + 1) / 3, new Dice().forward(logits, wrong).item(), 1e-6);
        }
    }

    @Test void meanIouByHandAndMerged() {
        try (var _ = Scope.open()) {
            // targets 0 0 1 1 2 -, predictions 0 1 1 1 0 0
            var ids = Tensor.of(new long[] {0, 0, 1, 1, 2, -100}, 1, 2, 3);
            var logits = Tensor.of(new long[] {0, 1, 1, 1, 0, 0}, 1, 2, 3).oneHot(4).to(DType.FLOAT32);
            var whole = new MeanIou(4);
            assertTrue(Double.isNaN(whole.value()));
            whole.update(logits, ids);
            assertEquals(1 / 3.0, whole.iou(0), 1e-9);
            assertEquals(2 / 3.0, whole.iou(1), 1e-9);
            assertEquals(0, whole.iou(2));
            assertTrue(Double.isNaN(whole.iou(3)), "a class that is nowhere");
            assertEquals(1 / 3.0, whole.value(), 1e-9);
            var first = new MeanIou(4);
            var second = new MeanIou(4);
            first.update(logits.narrow(1, 0, 1), ids.narrow(1, 0, 1));
            second.update(logits.narrow(1, 1, 1), ids.narrow(1, 1, 1));
            first.merge(second.state());
            assertEquals(whole.value(), first.value());
        }
    }
}
