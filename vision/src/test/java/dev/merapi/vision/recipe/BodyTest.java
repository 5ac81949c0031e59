package dev.merapi.vision.recipe;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.Box;
import dev.merapi.vision.LabeledBox;
import dev.merapi.vision.detect.DetectionModel;
import dev.merapi.vision.detect.Fcos;
import dev.merapi.vision.detect.Ssd;
import dev.merapi.vision.model.Backbone;
import dev.merapi.vision.model.ConvNeXt;
import dev.merapi.vision.model.DenseNet;
import dev.merapi.vision.model.EfficientNet;
import dev.merapi.vision.model.MobileNetV2;
import dev.merapi.vision.model.MobileNetV3;
import dev.merapi.vision.model.ResNet;
import dev.merapi.vision.model.Vgg;
import dev.merapi.vision.segment.DeepLabV3;
import dev.merapi.vision.segment.UNet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Detectors and segmenters on backbones of every family. */
class BodyTest {
    /** Of tiny networks, all of which have maps of strides 4, 8 and 16. */
    record Case(String name, Supplier<Backbone> backbone) {
        @Override public String toString() { return name; }
    }

    private static final MobileNetV3.Row DOWN = new MobileNetV3.Row(3, 24, 16, true, true, 2);
    private static final EfficientNet.Row HALF = new EfficientNet.Row(2, 3, 2, 16, 1);

    static final List<Case> CASES = List.of(
            new Case("resnet", () -> new ResNet(new ResNet.Config(false, List.of(1, 1, 1), 16, false, false, 32), 1)),
            new Case("vgg", () -> new Vgg(new Vgg.Config(List.of(1, 1, 1, 1), 8, true, 4, 0), 1)),
            new Case("mobilenet_v2", () -> new MobileNetV2(new MobileNetV2.Config(0.1, 0), 1)),
            new Case("mobilenet_v3", () -> new MobileNetV3(new MobileNetV3.Config(List.of(DOWN, DOWN, DOWN), 8, 0), 1)),
            new Case("efficientnet",
                    () -> new EfficientNet(new EfficientNet.Config(List.of(HALF, HALF, HALF), 0, 0), 1)),
            new Case("densenet", () -> new DenseNet(new DenseNet.Config(List.of(1, 1, 1), 8, 16), 1)),
            new Case("convnext", () -> new ConvNeXt(new ConvNeXt.Config(List.of(1, 1, 1), 8, 0), 1)));

    /** What the heads do not use is not kept, so that all weights learn. */
    @ParameterizedTest @FieldSource("CASES")
    void everyHeadTrainsAllWeights(Case c) {
        Torch.seed(1);
        long before = Scope.live();
        List<Integer> strides;
        try (var backbone = c.backbone.get()) {
            strides = backbone.levels().stream().map(Backbone.Level::stride).filter(s -> s >= 8).distinct().toList();
        }
        try (var model = new Fcos(new Fcos.Config(strides, 32, 1, 1), c.backbone.get(), 2)) {
            assertLearns(model, () -> detected(model));
        }
        try (var model = new Ssd(new Ssd.Config(strides, 1, 0.1, 0.9), c.backbone.get(), 2)) {
            assertLearns(model, () -> detected(model));
        }
        try (var model = new UNet(c.backbone.get(), 4, 3)) {
            assertLearns(model, () -> segmented(model.forward(Tensor.randn(2, 3, 64, 64))));
        }
        try (var model = new DeepLabV3(c.backbone.get(), List.of(2, 3), 16, 3)) {
            assertLearns(model, () -> segmented(model.forward(Tensor.randn(2, 3, 64, 64))));
        }
        assertTrue(Scope.live() <= before, "tensors are left");
    }

    private static Tensor detected(DetectionModel model) {
        var raw = model.forward(Tensor.randn(2, 3, 64, 64));
        assertEquals(List.of(8L, 4L), raw.maps().stream().limit(2).map(map -> map[0]).toList());
        return model.losses(raw, List.of(List.of(new LabeledBox(new Box(4, 4, 30, 28), 0),
                new LabeledBox(new Box(10, 5, 64, 60), 1)), List.of())).total();
    }

    private static Tensor segmented(Tensor logits) {
        assertEquals("(2, 3, 64, 64)", Shapes.toString(logits.shape()));
        return logits.square().mul(Tensor.randn(2, 3, 64, 64)).mean();
    }

    private static void assertLearns(Layer model, Supplier<Tensor> loss) {
        var missed = new TreeMap<String, String>();
        try (var _ = Scope.open()) {
            loss.get().backward();
            model.params().forEach((name, param) -> {
                if (param.grad() == null) missed.put(name, "none");
                else if (!param.grad().isFinite().all().itemBoolean()) missed.put(name, "not finite");
            });
            model.params().values().forEach(Tensor::clearGrad);
        }
        assertEquals(new TreeMap<>(), missed, "gradients");
    }

    /** The recipes' own, without memory: they have the maps that the detectors ask for. */
    @ParameterizedTest @EnumSource(Body.class)
    void everyBodyHasTheMaps(Body body) {
        try (var _ = Torch.on(Device.META); var _ = Scope.open(); var backbone = body.fresh()) {
            var maps = backbone.features(Tensor.empty(Device.META, DType.FLOAT32, 1, 3, 64, 96));
            for (int stride : new int[] {4, 8, 16, 32}) {
                var level = backbone.levels().get(backbone.level(stride));
                assertEquals("(1, %d, %d, %d)".formatted(level.channels(), 64 / stride, 96 / stride),
                        Shapes.toString(maps.get(backbone.level(stride)).shape()));
            }
        }
    }

    /** Of the same weights; only how far apart they are applied differs. */
    @ParameterizedTest @EnumSource(Body.class)
    void everyBodyButOneHasAFineMap(Body body) {
        if (!body.canBeFine()) return;
        try (var _ = Torch.on(Device.META); var _ = Scope.open(); var coarse = body.fresh(); var fine = body.fine()) {
            var last = fine.levels().getLast();
            assertEquals(new Backbone.Level(coarse.levels().getLast().channels(), 16), last);
            var map = fine.features(Tensor.empty(Device.META, DType.FLOAT32, 1, 3, 64, 96)).getLast();
            assertEquals("(1, %d, 4, 6)".formatted(last.channels()), Shapes.toString(map.shape()));
            assertEquals(shapes(coarse), shapes(fine));
        }
    }

    private static Map<String, String> shapes(Layer model) {
        var shapes = new TreeMap<String, String>();
        model.tensors().forEach((name, tensor) -> shapes.put(name, Shapes.toString(tensor.shape())));
        return shapes;
    }

    @Test void deepLabAsksForAFineMap() {
        var e = assertThrows(IllegalArgumentException.class,
                () -> new SegmentationRecipe().job("model=deeplab", "backbone=convnext_tiny"));
        assertEquals("segmentation: backbone: expected one whose last map can be of stride 16, as deeplab needs it,"
                + " [small, resnet18, resnet34, resnet50, resnet101, vgg11, vgg16, mobilenet_v2, mobilenet_v3_small,"
                + " mobilenet_v3_large, efficientnet_b0, densenet121]. Received convnext_tiny.", e.getMessage());
    }

    @Test void theHiddenLayersOfVggAreNotMade() {
        try (var _ = Torch.on(Device.META); var body = Body.VGG16.fresh()) {
            assertTrue(body.params().values().stream().mapToLong(Tensor::numel).sum() < 15_000_000);
        }
    }
}
