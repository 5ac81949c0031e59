package dev.merapi.nn;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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

    @Test void otherThreadsTrainOn() {
        var first = model.evaluating();
        CompletableFuture.runAsync(() -> {
            assertEquals(List.of(true, true, true), modes());
            try (var _ = model.evaluating()) {
                first.close(); // on another thread than it was opened on
                assertEquals(List.of(false, false, false), modes());
            }
            assertEquals(List.of(true, true, true), modes());
        }, Thread.ofPlatform()::start).join();
        assertEquals(List.of(true, true, true), modes());
    }

    /** What backward computes again is what forward computed, also when the evaluation is over. */
    @Test void gradientsAreThoseOfTheForwardPass() {
        try (var _ = Scope.open()) {
            Tensor x = Tensor.ones(64).requiresGrad_(true);
            Tensor y;
            try (var _ = model.evaluating()) {
                y = Blocks.recompute(x, 1, (_, h) -> active.forward(h)).sum();
            }
            y.backward();
            var ones = new float[64];
            Arrays.fill(ones, 1);
            assertArrayEquals(ones, x.grad().toFloats(), "dropout's are 0 and 2");
        }
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
