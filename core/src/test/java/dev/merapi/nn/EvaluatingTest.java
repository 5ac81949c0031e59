package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class EvaluatingTest {
    private final Dropout frozen = new Dropout(0.5);
    private final Dropout active = new Dropout(0.5);
    private final Sequential model = new Sequential(new Linear(2, 2), frozen, active);

    @AfterEach void close() { model.close(); }

    private List<Boolean> modes() { return Stream.of(model, frozen, active).map(Layer::isTraining).toList(); }

    @Test void eachLayerHasItsModeBack() {
        frozen.eval();
        try (var _ = model.evaluating()) {
            assertEquals(List.of(false, false, false), modes());
            assertEquals(8, active.forward(Tensor.ones(8)).sum().item());
        }
        assertEquals(List.of(true, false, true), modes());
    }

    @Test void theLastOfSeveralSwitchesBack() {
        var first = model.evaluating();
        var second = model.evaluating();
        first.close();
        first.close(); // counts once
        assertEquals(List.of(false, false, false), modes());
        second.close();
        assertEquals(List.of(true, true, true), modes());
    }

    @Test void onOtherThreadsToo() throws InterruptedException {
        var first = model.evaluating();
        var other = new Thread(() -> {
            try (var _ = model.evaluating()) {
                first.close();
                assertEquals(List.of(false, false, false), modes());
            }
        });
        var failed = new Throwable[1];
        other.setUncaughtExceptionHandler((_, e) -> failed[0] = e);
        other.start();
        other.join();
        assertEquals(null, failed[0]);
        assertEquals(List.of(true, true, true), modes());
    }

    @Test void whatEvaluatesAlreadyIsLeft() {
        model.eval();
        active.train();
        try (var _ = model.evaluating()) {
            assertEquals(List.of(false, false, true), modes()); // such as for many answers with dropout
        }
        assertEquals(List.of(false, false, true), modes());
    }

    @Test void anOrderInBetweenHolds() {
        var open = model.evaluating();
        model.eval();
        open.close();
        assertEquals(List.of(false, false, false), modes());
    }
}
