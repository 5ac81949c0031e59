package dev.merapi.nn;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A model that one thread closes while another is inside a call with its weights. */
class ClosedInUseTest {
    /** 36 MB, which go back to the system when they are freed: reading them then ends the process. */
    private static Linear model() { return new Linear(3000, 3000); }

    @Test void theNextCallThrowsAndTheProcessLivesOn() throws Exception {
        try (var other = Executors.newSingleThreadExecutor()) {
            for (int round = 0; round < 6; round++) {
                var model = model();
                var started = new CountDownLatch(1);
                boolean hasScope = round % 2 == 0;
                Future<?> caught = other.submit(() -> assertThrows(IllegalStateException.class,
                        () -> forwardForever(model, started, hasScope)));
                started.await();
                Thread.sleep(1 + round); // into the midst of a product
                model.close();
                caught.get();
                assertTrue(model.params().values().stream().allMatch(Tensor::isClosed));
            }
        }
    }

    private static void forwardForever(Linear model, CountDownLatch started, boolean hasScope) {
        Tensor x = Tensor.ones(64, 3000);
        while (true) {
            try (var _ = Torch.noGrad()) {
                if (hasScope) {
                    try (var _ = Scope.open()) {
                        model.forward(x);
                    }
                } else {
                    model.forward(x).close();
                }
            }
            started.countDown();
        }
    }

    @Test void itsTensorsAreNoLongerCountedAsLive() throws Exception {
        try (var other = Executors.newSingleThreadExecutor()) {
            long before = Scope.live();
            var model = model();
            var open = new CountDownLatch(1);
            var closed = new CountDownLatch(1);
            Future<?> inScope = other.submit(() -> {
                try (var _ = Scope.open()) {
                    open.countDown();
                    closed.await();
                }
                return null;
            });
            open.await();
            model.close();
            assertTrue(Scope.live() <= before, "garbage of others may fall meanwhile");
            model.close();
            assertTrue(Scope.live() <= before, "closing again does nothing");
            closed.countDown();
            inScope.get();
        }
    }
}
