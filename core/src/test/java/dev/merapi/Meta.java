package dev.merapi;

import dev.merapi.internal.MixedDevices;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.function.Function;
import java.util.function.Supplier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Runs a model where there is no memory: what it makes on the CPU instead of beside its data shows without a GPU. */
public final class Meta {
    private Meta() {}

    /**
     * Makes a model on META, without random numbers, and lets it find its own way there when it runs.
     *
     * @param forward inputs on META to the result
     * @param shape of the result
     */
    public static <M extends Layer> void check(Supplier<M> made, Function<M, Tensor> forward, long... shape) {
        long before = Scope.live();
        try (var _ = Scope.open()) {
            Tensor state = Torch.rngState();
            M model;
            try (var _ = Torch.on(Device.META)) {
                model = made.get();
            }
            try (model) {
                model.tensors().forEach((name, t) -> assertEquals(Device.META, t.device(), name));
                model.eval();
                MixedDevices.refuse(true);
                Tensor y = forward.apply(model);
                assertEquals(Device.META, y.device());
                assertArrayEquals(shape, y.shape());
            } finally {
                MixedDevices.refuse(false);
            }
            assertTrue(Torch.rngState().sameAs(state), "no random number is drawn");
        }
        assertTrue(Scope.live() <= before, "what is left alive");
    }
}
