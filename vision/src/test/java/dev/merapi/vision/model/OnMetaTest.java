package dev.merapi.vision.model;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every model where there is no memory: what one makes on the CPU instead of beside its data shows without a GPU. */
class OnMetaTest {
    @Test void classifiers() {
        check(() -> Classifiers.mlp(10), 1, 28);
        check(() -> Classifiers.mnistConvnet(10), 1, 28);
        check(() -> Classifiers.mnistCnn(10), 1, 28);
        check(() -> Classifiers.batchNormCnn(3, 32, 10), 3, 32);
        check(() -> Classifiers.cifarCnn(10), 3, 32);
    }

    @Test void resNets() {
        check(() -> new ResNet(ResNet.Config.RESNET18, 10), 3, 64);
        check(() -> new ResNet(ResNet.Config.CIFAR_RESNET18, 10), 3, 32);
    }

    private static <M extends Layer & Unary> void check(Supplier<M> made, long channels, long side) {
        try (var _ = Scope.open()) {
            Tensor state = Torch.rngState();
            M model;
            try (var _ = Torch.on(Device.META)) {
                model = made.get();
            }
            try (model) {
                model.eval();
                Tensor x = Tensor.empty(Device.META, DType.FLOAT32, 2, channels, side, side);
                assertEquals("float32 (2, 10) meta", model.forward(x).describe());
            }
            assertTrue(Torch.rngState().sameAs(state), "no random number is drawn");
        }
    }
}
