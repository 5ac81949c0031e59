package dev.merapi.optim;

import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Averaged weights: swapped in and out, saved and loaded. */
class EmaTest {
    private static final class Model extends Layer {
        final Param weight = param(Init.constant(4), 2);
        final State mean = state(Init.zeros(), 1);
        final State count = new State(Tensor.scalar(0, DType.INT64));
        final Param tied = weight;
    }

    private Scope scope;
    private Model model;

    @BeforeEach void open() {
        scope = Scope.open();
        model = new Model();
    }

    @AfterEach void close() {
        model.close();
        scope.close();
    }

    private void set(double weight, double mean, long count) {
        model.weight.set(Tensor.full(weight, 2));
        model.mean.set(Tensor.full(mean, 1));
        model.count.set(Tensor.scalar(count, DType.INT64));
    }

    private void assertModel(double weight, double mean, long count) {
        assertEquals(weight, model.weight.select(0, 1).item(), 1e-6);
        assertEquals(mean, model.mean.item(), 1e-6);
        assertEquals(count, model.count.itemLong());
    }

    @Test void swapsTheAveragesInAndOut() {
        try (var ema = new Ema(model, 0.75)) {
            set(8, 2, 7);
            ema.update();
            try (var _ = ema.swap()) {
                assertModel(5, 0.5, 7);
                assertEquals("Ema.update: the model has the averaged weights. Close the guard of swap() before training"
                        + " goes on.", assertThrows(IllegalStateException.class, ema::update).getMessage());
                assertThrows(IllegalStateException.class, ema::swap);
            }
            assertModel(8, 2, 7);
            model.weight.sum().backward(); // still a leaf that trains
            assertEquals(1, model.weight.grad().select(0, 0).item());
            ema.update();
            assertEquals(5.75, ema.state().get("weight").select(0, 0).item(), 1e-6);
        }
    }

    @Test void goesOnFromItsSavedState() {
        try (var ema = new Ema(model, 0.5); var resumed = new Ema(model, 0.5)) {
            set(8, 2, 1);
            ema.update();
            resumed.load(ema.state());
            resumed.update();
            assertEquals(7, resumed.state().get("weight").select(0, 0).item(), 1e-6);
        }
    }

    @Test void keepsItsMemoryConstant() {
        try (var ema = new Ema(model, 0.9)) {
            ema.update();
            long before = Scope.live();
            for (int i = 0; i < 200; i++) {
                try (var _ = Scope.open()) {
                    ema.update();
                    ema.swap().close();
                }
            }
            assertTrue(Scope.live() <= before, before + " tensors became " + Scope.live());
        }
    }

    @Test void loadNamesEveryMismatch() {
        try (var ema = new Ema(model, 0.9)) {
            var saved = Map.of("weight", Tensor.zeros(3), "count", Tensor.scalar(1, DType.INT64), "x", Tensor.zeros(1));
            assertEquals("""
                    Ema.load: expected the averages of the same model. Received
                      weight: shape (3), expected (2)
                      mean: missing
                      x: no such weight here""",
                    assertThrows(IllegalArgumentException.class, () -> ema.load(saved)).getMessage());
        }
    }

    @Test void aWrongDecayIsExplained() {
        assertEquals("Ema.decay: expected a number from 0 to below 1. Received 1.0.",
                assertThrows(IllegalArgumentException.class, () -> new Ema(model, 1)).getMessage());
    }
}
