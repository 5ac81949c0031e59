package dev.merapi.vision.model;

import dev.merapi.Meta;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

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
        Meta.check(made, model -> model.forward(Tensor.empty(Device.META, DType.FLOAT32, 2, channels, side, side)), 2,
                10);
    }
}
