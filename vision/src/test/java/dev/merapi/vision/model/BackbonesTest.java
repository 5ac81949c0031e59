package dev.merapi.vision.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every backbone beside torchvision's: {@code src/test/python/models.py} wrote what is expected. */
class BackbonesTest {
    private static final double TOLERANCE = 1e-7; // of the largest number, in float64

    private static final Vgg.Config TINY_VGG = new Vgg.Config(List.of(1, 1, 2, 2, 2), 8, false, 12, 0);
    private static final DenseNet.Config TINY_DENSENET = new DenseNet.Config(List.of(2, 3), 8, 16);
    private static final EfficientNet.Config TINY_EFFICIENTNET = new EfficientNet.Config(List.of(
            new EfficientNet.Row(1, 3, 1, 16, 1), new EfficientNet.Row(4, 5, 2, 24, 2)), 0, 0);
    private static final VisionTransformer.Config TINY_VIT = new VisionTransformer.Config(32, 8, 16, 2, 2, 24, 0);

    /** A model without dropout, and the side of its images. */
    record Case(String name, int side, Supplier<Backbone> model) {
        @Override public String toString() { return name; }
    }

    static final List<Case> SMALL = List.of(
            new Case("resnet20", 32, () -> new ResNet(ResNet.Config.RESNET20, 10)),
            new Case("resnet18", 64, () -> new ResNet(ResNet.Config.RESNET18, 1000)),
            new Case("vgg-tiny", 64, () -> new Vgg(TINY_VGG, 5)),
            new Case("vgg-tiny-bn", 64, () -> new Vgg(TINY_VGG.batchNorm(true), 5)),
            new Case("googlenet", 64, () -> new GoogLeNet(new GoogLeNet.Config(true, 0, 0), 1000)),
            new Case("inception_v3-107", 107, () -> new InceptionV3(new InceptionV3.Config(false, 0), 1000)),
            new Case("mobilenet_v1-tiny", 75, () -> new MobileNetV1(new MobileNetV1.Config(0.25, 0, 32), 5)),
            new Case("mobilenet_v2-tiny", 64, () -> new MobileNetV2(new MobileNetV2.Config(0.25, 0), 5)),
            new Case("mobilenet_v3-tiny", 64, () -> new MobileNetV3(new MobileNetV3.Config(List.of(
                    new MobileNetV3.Row(3, 16, 16, true, false, 2), new MobileNetV3.Row(5, 40, 24, true, true, 2),
                    new MobileNetV3.Row(3, 48, 24, false, true, 1)), 32, 0), 5)),
            new Case("mobilenet_v3_small", 64,
                    () -> new MobileNetV3(MobileNetV3.Config.SMALL.dropout(0), 1000)),
            new Case("efficientnet-tiny", 64, () -> new EfficientNet(TINY_EFFICIENTNET, 5)),
            new Case("densenet-tiny", 64, () -> new DenseNet(TINY_DENSENET, 5)),
            new Case("vgg-tiny-stride8", 64, () -> new Vgg(TINY_VGG.outputStride(8), 5)),
            new Case("mobilenet_v3_small-stride16", 64,
                    () -> new MobileNetV3(MobileNetV3.Config.SMALL.dropout(0).outputStride(16), 1000)),
            new Case("efficientnet-tiny-stride2", 64,
                    () -> new EfficientNet(TINY_EFFICIENTNET.outputStride(2), 5)),
            new Case("densenet-tiny-stride4", 64, () -> new DenseNet(TINY_DENSENET.outputStride(4), 5)),
            new Case("convnext-tiny", 32, () -> new ConvNeXt(new ConvNeXt.Config(List.of(1, 2), 8, 0), 5)),
            new Case("vit-tiny", 32, () -> new VisionTransformer(TINY_VIT, 5)),
            new Case("vit-tiny-48", 48, () -> new VisionTransformer(TINY_VIT, 5)));

    static final List<Case> LARGE = List.of(
            new Case("resnet50-stride8", 64, () -> new ResNet(ResNet.Config.RESNET50.outputStride(8), 1000)),
            new Case("cifar-resnet18", 32, () -> new ResNet(ResNet.Config.CIFAR_RESNET18, 10)),
            new Case("resnet50", 64, () -> new ResNet(ResNet.Config.RESNET50, 1000)),
            new Case("resnet34", 64, () -> new ResNet(ResNet.Config.RESNET34, 1000)),
            new Case("resnet101", 64, () -> new ResNet(ResNet.Config.RESNET101, 1000)),
            new Case("resnet32", 32, () -> new ResNet(ResNet.Config.RESNET32, 10)),
            new Case("resnet56", 32, () -> new ResNet(ResNet.Config.RESNET56, 10)),
            new Case("resnet110", 32, () -> new ResNet(ResNet.Config.RESNET110, 10)),
            vgg("vgg11", Vgg.Config.VGG11),
            vgg("vgg13", Vgg.Config.VGG13),
            vgg("vgg16", Vgg.Config.VGG16),
            vgg("vgg19", Vgg.Config.VGG19),
            vgg("vgg11-bn", Vgg.Config.VGG11.batchNorm(true)),
            vgg("vgg13-bn", Vgg.Config.VGG13.batchNorm(true)),
            vgg("vgg16-bn", Vgg.Config.VGG16.batchNorm(true)),
            vgg("vgg19-bn", Vgg.Config.VGG19.batchNorm(true)),
            new Case("inception_v3", 299, () -> new InceptionV3(InceptionV3.Config.DEFAULT.dropout(0), 1000)),
            new Case("mobilenet_v1", 64, () -> new MobileNetV1(MobileNetV1.Config.DEFAULT.dropout(0), 1000)),
            new Case("mobilenet_v2", 64, () -> new MobileNetV2(new MobileNetV2.Config(1, 0), 1000)),
            new Case("mobilenet_v3_large", 64,
                    () -> new MobileNetV3(MobileNetV3.Config.LARGE.dropout(0), 1000)),
            new Case("efficientnet_b0", 64,
                    () -> new EfficientNet(EfficientNet.Config.B0.dropout(0).stochasticDepth(0), 1000)),
            new Case("densenet121", 64, () -> new DenseNet(DenseNet.Config.DENSENET121, 1000)),
            new Case("convnext_tiny", 64, () -> new ConvNeXt(ConvNeXt.Config.TINY.stochasticDepth(0), 1000)),
            new Case("vit_s_16", 224, () -> new VisionTransformer(VisionTransformer.Config.SMALL16, 1000)),
            new Case("vit_b_16", 224, () -> new VisionTransformer(VisionTransformer.Config.BASE16, 1000)),
            new Case("vit_b_32", 224, () -> new VisionTransformer(VisionTransformer.Config.BASE32, 1000)),
            new Case("deit_tiny", 224, () -> new VisionTransformer(VisionTransformer.Config.DEIT_TINY, 1000)));

    private static Case vgg(String name, Vgg.Config config) {
        return new Case(name, 64, () -> new Vgg(config.dropout(0), 1000));
    }

    static final List<Case> ALL = Stream.concat(SMALL.stream(), LARGE.stream())
            .filter(c -> !c.name.equals("vit-tiny-48")).toList(); // which is vit-tiny, used for larger images

    @ParameterizedTest @FieldSource("ALL")
    void namesAndShapesAreTheStoredOnes(Case c) throws IOException {
        try (var _ = Torch.on(Device.META); var model = c.model.get();
                var stored = BackbonesTest.class.getResourceAsStream("/models/" + c.name + ".txt")) {
            String actual = model.tensors().entrySet().stream()
                    .map(e -> e.getKey() + " " + Shapes.toString(e.getValue().shape()))
                    .sorted().collect(Collectors.joining("\n"));
            assertEquals(new String(stored.readAllBytes()).strip(), actual);
        }
    }

    @ParameterizedTest @FieldSource("ALL")
    void levelsSayWhatMapsAreLike(Case c) {
        try (var _ = Scope.open(); var _ = Torch.on(Device.META); var model = c.model.get()) {
            var maps = model.features(Tensor.empty(2, 3, c.side, c.side));
            var levels = model.levels();
            assertEquals(levels.size(), maps.size());
            for (int i = 0; i < maps.size(); i++) {
                Tensor map = maps.get(i);
                int side = Math.ceilDiv(c.side, levels.get(i).stride());
                assertEquals(levels.get(i).channels(), map.size(1));
                assertTrue(Math.abs(map.size(2) - side) <= (model instanceof InceptionV3 ? 4 : 0),
                        levels.get(i) + ": " + map.describe());
            }
            assertEquals("float32 (2, " + model.width() + ") meta",
                    model.embed(Tensor.empty(2, 3, c.side, c.side)).describe());
        }
    }

    @ParameterizedTest @FieldSource("ALL")
    void aNewHeadIsOneLine(Case c) {
        try (var _ = Scope.open(); var _ = Torch.on(Device.META); var model = c.model.get()) {
            var before = List.copyOf(model.tensors().values());
            model.newHead(3);
            model.eval();
            assertEquals("float32 (1, 3) meta", model.forward(Tensor.empty(1, 3, c.side, c.side)).describe());
            var fresh = new ArrayList<String>();
            model.tensors().forEach((name, tensor) -> {
                if (before.stream().noneMatch(old -> old == tensor)) fresh.add(name);
            });
            var heads = model.heads().stream().flatMap(h -> Stream.of(h + ".weight", h + ".bias")).sorted().toList();
            assertEquals(heads, fresh.stream().sorted().toList());
        }
    }

    @ParameterizedTest @FieldSource("SMALL")
    void computesWhatTorchvisionComputes(Case c) throws IOException { check(c); }

    @Tag("proof")
    @ParameterizedTest @FieldSource("LARGE")
    void computesWhatTorchvisionComputesIfLarge(Case c) throws IOException { check(c); }

    private static void check(Case c) throws IOException {
        long live = Scope.live();
        JsonNode expected = golden(c.name);
        try (var model = Noise.model(c.model); var _ = Scope.open()) {
            model.eval();
            Tensor x = Noise.of("input", 1, 3, c.side, c.side).requiresGrad_(true);
            Tensor logits = model.forward(x);
            assertNumbers(expected.get("logits"), first(logits), "logits");
            logits.mul(Noise.of("loss", logits.shape())).sum().backward();
            model.params().forEach((name, param) -> {
                boolean forTraining = name.startsWith("aux") || name.startsWith("AuxLogits");
                if (!forTraining) assertTrue(param.grad().abs().sum().item() > 0, name + ": no gradient");
            });
            var gradients = expected.get("gradients");
            gradients.fieldNames().forEachRemaining(name -> {
                Tensor of = name.equals("input") ? x : model.params().get(name);
                double sum = gradients.get(name).asDouble();
                assertEquals(sum, of.grad().abs().sum().item(), TOLERANCE * sum, name);
            });
            try (var _ = Torch.noGrad()) {
                assertMaps(expected.get("maps"), model.features(x));
                assertTrained(expected.get("training"), model, Noise.of("input", 2, 3, c.side, c.side));
            }
        }
        assertTrue(Scope.live() <= live, Scope.live() + " tensors live, " + live + " before");
    }

    private static JsonNode golden(String name) throws IOException {
        try (var in = BackbonesTest.class.getResourceAsStream("/models/" + name + ".json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static void assertMaps(JsonNode expected, List<Tensor> maps) {
        assertEquals(expected.size(), maps.size());
        for (int i = 0; i < maps.size(); i++) {
            Tensor map = maps.get(i);
            for (int axis = 0; axis < 3; axis++) assertEquals(expected.get(i).get(axis).asLong(), map.size(axis + 1));
            double size = expected.get(i).get(4).asDouble();
            assertEquals(expected.get(i).get(3).asDouble(), map.sum().item(), TOLERANCE * size, "map " + i);
            assertEquals(size, map.abs().sum().item(), TOLERANCE * size, "map " + i);
        }
    }

    /** What a batch of two gives and leaves in the running statistics: eps and momentum of the norms. */
    private static void assertTrained(JsonNode expected, Backbone model, Tensor x) {
        model.train();
        var logits = new ArrayList<Double>();
        for (Tensor one : model instanceof Auxiliary more ? more.logits(x) : List.of(model.forward(x))) {
            logits.addAll(first(one));
        }
        assertNumbers(expected.get("logits"), logits, "logits in training");
        double means = 0, variances = 0;
        for (var e : model.tensors().entrySet()) {
            if (e.getKey().endsWith("running_mean")) means += e.getValue().abs().sum().item();
            if (e.getKey().endsWith("running_var")) variances += e.getValue().sum().item();
        }
        assertEquals(expected.get("means").asDouble(), means, TOLERANCE * means);
        assertEquals(expected.get("variances").asDouble(), variances, TOLERANCE * variances);
    }

    private static List<Double> first(Tensor logits) {
        double[] all = logits.flatten().toDoubles();
        return Arrays.stream(all, 0, Math.min(8, all.length)).boxed().toList();
    }

    private static void assertNumbers(JsonNode expected, List<Double> actual, String what) {
        double largest = 0;
        for (JsonNode value : expected) largest = Math.max(largest, Math.abs(value.asDouble()));
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < actual.size(); i++) {
            assertEquals(expected.get(i).asDouble(), actual.get(i), TOLERANCE * largest, what + " " + i);
        }
    }

    /** A map that no longer shrinks has, at every other place, what it had when it shrank. */
    @Test void spreadKernelsSeeTheSame() {
        try (var coarse = Noise.model(() -> new MobileNetV2(new MobileNetV2.Config(0.25, 0), 5));
                var fine = Noise.model(() -> new MobileNetV2(new MobileNetV2.Config(0.25, 0).outputStride(8), 5));
                var _ = Scope.open(); var _ = Torch.noGrad()) {
            coarse.eval();
            fine.eval();
            Tensor x = Noise.of("input", 1, 3, 64, 96);
            Tensor few = coarse.features(x).getLast(), many = fine.features(x).getLast();
            assertEquals("(1, 80, 8, 12)", Shapes.toString(many.shape()));
            Tensor some = many.slice(2, 0, 8, 4).slice(3, 0, 12, 4);
            assertEquals(0, few.sub(some).abs().max().item(), 1e-9 * few.abs().max().item());
        }
    }

    @Test void aLevelIsFoundByItsStride() {
        try (var _ = Torch.on(Device.META); var model = new ResNet(ResNet.Config.RESNET50, 10);
                var fine = new ResNet(ResNet.Config.RESNET50.outputStride(8), 10)) {
            assertEquals(new Backbone.Level(512, 8), model.levels().get(model.level(8)));
            assertEquals(new Backbone.Level(2048, 8), fine.levels().get(fine.level(8)));
            assertEquals("ResNet.level: expected one of the strides [2, 4, 8, 16, 32]. Received 64.",
                    assertThrows(IllegalArgumentException.class, () -> model.level(64)).getMessage());
        }
    }

    @Test void aNewHeadIsOfTheModelsTypeAndLeavesTheRest() {
        try (var model = new ResNet(ResNet.Config.RESNET20, 10); var _ = Scope.open()) {
            model.to(DType.BFLOAT16);
            var weight = model.params().get("layer1.0.conv1.weight");
            Tensor before = weight.copy();
            model.newHead(4);
            assertEquals("bfloat16 (4, 64) cpu", model.params().get("fc.weight").describe());
            assertTrue(model.params().get("layer1.0.conv1.weight") == weight && weight.sameAs(before));
            assertEquals("Backbone.newHead: classes: expected at least 1. Received 0.",
                    assertThrows(IllegalArgumentException.class, () -> model.newHead(0)).getMessage());
            model.replace((path, layer) -> path.equals("fc") ? new Relu() : layer);
            assertEquals("Backbone.newHead: expected a Linear at fc. Received a Relu; put a layer of your own there"
                    + " by replace.", assertThrows(IllegalArgumentException.class, () -> model.newHead(4))
                            .getMessage());
            model.replace((path, layer) -> path.equals("fc") ? new Linear(64, 2) : layer);
            assertFalse(model.params().isEmpty());
        }
    }

    @Test void settingsAreChecked() {
        assertMessage("ResNet.Config.blocks: expected stages of at least one block. Received [2, 0].",
                () -> new ResNet.Config(false, List.of(2, 0), 64, true, false, 32));
        assertMessage("ResNet.Config.outputStride: expected a power of 2, at least 4. Received 2.",
                () -> ResNet.Config.RESNET18.outputStride(2));
        assertMessage("Vgg.Config.convolutions: expected stages of at least one. Received [].",
                () -> new Vgg.Config(List.of(), 64, false, 4096, 0));
        assertMessage("DenseNet.Config.layers: expected blocks of at least one. Received [0].",
                () -> new DenseNet.Config(List.of(0), 32, 64));
        assertMessage("ConvNeXt.Config.blocks: expected stages of at least one. Received [3, 0].",
                () -> new ConvNeXt.Config(List.of(3, 0), 96, 0));
        assertMessage("MobileNetV2.Config.width: expected a number above 0 and below 100. Received 0.0.",
                () -> new MobileNetV2.Config(0, 0));
        assertMessage("VisionTransformer.Config.imageSize: expected a multiple of the patch, 16. Received 100.",
                () -> VisionTransformer.Config.SMALL16.imageSize(100));
        try (var _ = Scope.open(); var _ = Torch.on(Device.META); var model = new VisionTransformer(TINY_VIT, 5)) {
            assertMessage("VisionTransformer: expected images (N, 3, H, W) whose sides are multiples of 8. Received"
                    + " float32 (1, 3, 30, 32) meta; resize or crop them.",
                    () -> model.forward(Tensor.empty(1, 3, 30, 32)));
        }
    }

    private static void assertMessage(String expected, Executable action) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, action).getMessage());
    }
}
