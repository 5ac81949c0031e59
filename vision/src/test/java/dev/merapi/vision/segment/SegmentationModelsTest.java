package dev.merapi.vision.segment;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabelMask;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.Scene;
import dev.merapi.vision.Summaries;
import dev.merapi.vision.model.Noise;
import dev.merapi.vision.model.ResNet;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SegmentationModelsTest {
    private static final ResNet.Config TINY = new ResNet.Config(false, List.of(1, 1, 1), 8, false, false, 32);

    @Test void namesAndOutputsOfDeepLabsHeadAreTorchvisions() throws IOException {
        try (var head = Noise.model(() -> DeepLabV3.head(64, DeepLabV3.RATES, 256, 5)); var _ = Scope.open();
                var _ = Torch.noGrad()) {
            Summaries.assertNames("deeplab_head", head);
            head.eval();
            Summaries.assertOutputs("deeplab_head", Map.of("logits", head.forward(Noise.of("map", 1, 64, 12, 8))));
        }
    }

    @Test void theUNetLearns() {
        Torch.seed(1);
        assertLearns(new UNet(new ResNet(TINY, 1), 8, 3));
        assertLearns(new UNet(new ResNet(new ResNet.Config(false, List.of(1, 1), 8, true, false, 32), 1), 8, 3));
    }

    @Test void deepLabLearns() {
        Torch.seed(1);
        assertLearns(new DeepLabV3(new ResNet(TINY.outputStride(8), 1), List.of(2, 3), 16, 3));
    }

    /** Every weight has a gradient, and a step along it makes the loss smaller. */
    private static <M extends Layer & Unary> void assertLearns(M model) {
        try (model) {
            long before = Scope.live();
            try (var _ = Scope.open()) {
                var mask = new LabelMask(32, 48);
                for (int i = 0; i < 300; i++) mask.classes()[i] = (byte) (i % 3);
                mask.classes()[0] = (byte) LabelMask.IGNORED;
                var image = new Image(32, 48, 3);
                for (int i = 0; i < image.pixels().length; i++) image.pixels()[i] = (byte) (i * i % 251);
                var scene = new Scene(image, mask);
                var other = scene.with(new Image(32, 48, 3, image.pixels().clone()));
                for (int i = 0; i < 2000; i++) other.image().pixels()[i] = (byte) (i % 7 * 30);
                var batch = SegmentationTask.batch(List.of(scene, other), Normalize.IMAGENET);
                assertEquals(-100, batch.y().select(0, 0).select(0, 0).select(0, 0).itemLong());
                var task = new SegmentationTask<>(model, new CrossEntropy(), 3);
                var pass = task.forward(batch);
                assertArrayEquals(new long[] {2, 32, 48, 3}, ((Tensor) pass.prediction()).shape());
                assertEquals(2 * (32 * 48 - 1), pass.weight());
                double loss = pass.loss().item();
                pass.loss().backward();
                model.params().forEach((name, param) -> {
                    assertTrue(param.grad() != null, name);
                    assertTrue(param.grad().abs().sum().item() > 0, name);
                });
                try (var _ = Torch.noGrad()) {
                    model.params().values().forEach(param -> param.sub_(param.grad().mul(0.05)));
                    assertTrue(task.forward(batch).loss().item() < loss);
                }
                model.params().values().forEach(Tensor::clearGrad);
            }
            assertEquals(before, Scope.live());
        }
    }

    @Test void aSceneWithoutAMaskIsRefused() {
        var scene = new Scene(new Image(4, 4, 3), List.of());
        assertEquals("SegmentationTask.batch: expected scenes with masks. Received one without.",
                assertThrows(IllegalArgumentException.class,
                        () -> SegmentationTask.batch(List.of(scene), Normalize.RGB)).getMessage());
    }
}
