package dev.merapi.tensor;

import dev.merapi.internal.MixedDevices;
import java.util.Objects;
import java.util.stream.Stream;

/** Refuses an operator's tensors on several devices, as a GPU does, where {@link MixedDevices} are looked for. */
final class OneDevice {
    private OneDevice() {}

    /** @param operands besides {@code self}, as below */
    static void expect(Tensor self, Object[] operands) {
        if (MixedDevices.areRefused()) check(Stream.concat(Stream.of(self), EngineErrors.tensors(operands)));
    }

    /** @param operands tensors, or arrays of such; anything else is passed over */
    static void expect(Object[] operands) {
        if (MixedDevices.areRefused()) check(EngineErrors.tensors(operands));
    }

    /** A tensor that is a single number is one on any device. */
    private static void check(Stream<Tensor> operands) {
        var devices = operands.filter(Objects::nonNull).filter(t -> t.rank() > 0).map(Tensor::device).distinct();
        // as the engine does
        if (devices.count() > 1) throw new RuntimeException("Expected all tensors to be on the same device");
    }
}
