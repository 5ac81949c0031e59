package dev.merapi.explain.gradient;

import dev.merapi.explain.Chunks;
import dev.merapi.explain.Explainer;
import dev.merapi.explain.perturb.Occlusion;
import dev.merapi.nn.Activation;
import dev.merapi.nn.AvgPool2d;
import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MaxPool2d;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.TransformerEncoderLayer;
import dev.merapi.nn.TransformerOptions;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.model.Backbone;
import dev.merapi.vision.model.DenseNet;
import dev.merapi.vision.model.ResNet;
import dev.merapi.vision.model.Vgg;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class GradientTest {
    private static Linear linear(double[] weight, int in, int out) {
        var linear = new Linear(in, out);
        linear.to(DType.FLOAT64);
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            linear.params().get("weight").set(Tensor.of(weight, out, in));
            linear.params().get("bias").set(Tensor.zeros(DType.FLOAT64, out));
        }
        return linear;
    }

    private static Sequential cnn() {
        Torch.seed(5);
        var cnn = new Sequential(new Conv2d(2, 6, 3), new BatchNorm2d(6), new Relu(), new MaxPool2d(2),
                new Conv2d(6, 8, 3), Activation.RELU, new MaxPool2d(3, 1, 1), new AvgPool2d(2), new Flatten(),
                new Dropout(0.5), new Linear(8 * 2 * 2, 10), new Relu(), new Linear(10, 3));
        cnn.eval();
        return cnn;
    }

    @Test void theQuadratureIsExactForPolynomials() {
        var rule = Quadrature.legendre(5);
        assertEquals(1, Arrays.stream(rule.weights()).sum(), 1e-14);
        for (int degree = 0; degree < 10; degree++) {
            double sum = 0;
            for (int i = 0; i < 5; i++) sum += rule.weights()[i] * Math.pow(rule.places()[i], degree);
            assertEquals(1.0 / (degree + 1), sum, 1e-14);
        }
        assertEquals(1, Arrays.stream(Quadrature.legendre(300).weights()).sum(), 1e-12);
    }

    /** Of x y² from (0, 0): by hand, the integral of (α²y², 2α²xy) times the way, xy² / 3 and 2xy² / 3. */
    @Test void integratedGradientsAreTheIntegral() {
        try (var _ = Scope.open()) {
            var x = Tensor.of(new double[] {3, 2}, 1, 2);
            var explainer = new IntegratedGradients(
                    rows -> rows.select(1, 0).mul(rows.select(1, 1).square()), x.zerosLike()).steps(2);
            assertArrayEquals(new double[] {4, 8}, explainer.explain(x, 0).values(), 1e-12);
        }
    }

    @Test void integratedGradientsOfALinearModelHaveTheirClosedForm() {
        try (var _ = Scope.open()) {
            var linear = linear(new double[] {1, -2, 3, 0.5, 0, 2}, 3, 2);
            var x = Tensor.of(new double[] {1, 2, 3}, 1, 3);
            var baselines = Tensor.of(new double[] {0, 1, 1, 2, 1, 3}, 2, 3);
            for (Explainer explainer : List.of(new IntegratedGradients(linear, baselines).steps(1),
                    DeepLift.of(linear, baselines))) {
                assertArrayEquals(new double[] {0, -2, 3}, explainer.explain(x, 0).values(), 1e-12); // w (x - mean)
            }
            linear.close();
        }
    }

    @Test void integratedGradientsAreComplete() {
        long before = Scope.live();
        try (var _ = Scope.open()) {
            Torch.seed(2);
            var net = new Sequential(new Linear(8, 32), Activation.GELU, new LayerNorm(32), new Linear(32, 4));
            var x = Tensor.randn(1, 8);
            var found = new IntegratedGradients(net, x.zerosLike()).explain(x, 2);
            assertTrue(Math.abs(found.gap()) < 1e-3 * Math.abs(found.output() - found.base()), "" + found.gap());
            net.close();
        }
        assertTrue(Scope.live() <= before);
    }

    /** Figure 1 of the paper: y saturates at 1, so that the gradient at (1, 1) is 0, and each has contributed ½. */
    @Test void deepLiftSeesWhatIsSaturated() {
        try (var _ = Scope.open()) {
            var first = linear(new double[] {-1, -1}, 2, 1); // 1 - relu(1 - a - b)
            var last = linear(new double[] {-1}, 1, 1);
            first.params().get("bias").set(Tensor.of(new double[] {1}, 1));
            last.params().get("bias").set(Tensor.of(new double[] {1}, 1));
            var net = new Sequential(first, new Relu(), last);
            var x = Tensor.of(new double[] {1, 1}, 1, 2);
            assertArrayEquals(new double[] {0, 0}, new Saliency(net).explain(x, 0).values(), 1e-12);
            assertArrayEquals(new double[] {0.5, 0.5}, DeepLift.of(net, x.zerosLike()).explain(x, 0).values(), 1e-12);
            net.close();
        }
    }

    /** Section 3.4 and 3.5.3 of the paper: min(a, b) = a - relu(a - b), all of it b's by rescale, half by reveal. */
    @Test void revealCancelSharesTheMinimum() {
        try (var _ = Scope.open()) {
            var net = new Sequential(linear(new double[] {1, -1, 1, 0}, 2, 2), new Relu(),
                    linear(new double[] {-1, 1}, 2, 1));
            var x = Tensor.of(new double[] {5, 3}, 1, 2);
            var zeros = x.zerosLike();
            assertArrayEquals(new double[] {0, 3}, DeepLift.of(net, zeros).explain(x, 0).values(), 1e-12);
            var shared = new RevealCancel(net, zeros).explain(x, 0);
            assertArrayEquals(new double[] {1.5, 1.5}, shared.values(), 1e-12);
            assertEquals(3, shared.output(), 1e-12);
            net.close();
        }
    }

    @Test void revealCancelSumsToTheOutputOfAConvolutionalNet() {
        try (var _ = Scope.open()) {
            Torch.seed(5);
            var cnn = new Sequential(new Conv2d(2, 6, 3), new Relu(), new Conv2d(6, 4, 3, 2, 1), Activation.RELU,
                    new Flatten(), new Linear(4 * 25, 3));
            var x = Tensor.randn(1, 2, 12, 12);
            var found = new RevealCancel(cnn, Tensor.randn(1, 2, 12, 12)).explain(x, 1);
            assertEquals(0, found.gap(), 1e-4);
            var pooled = new Sequential(new Conv2d(2, 6, 3), new MaxPool2d(2));
            assertSays("MaxPool2d at 1; DeepLift takes any", () -> new RevealCancel(pooled, x).explain(x, 0));
            pooled.close();
            cnn.close();
        }
    }

    @Test void deepShapOfAConvolutionalNetSumsToTheOutput() {
        long before = Scope.live();
        try (var _ = Scope.open()) {
            var cnn = cnn();
            var x = Tensor.randn(1, 2, 14, 14);
            var background = Tensor.randn(20, 2, 14, 14);
            var found = DeepLift.of(cnn, background).explain(x, 1);
            assertEquals(0, found.gap(), 1e-4);
            var one = new DeepLift(cnn, cnn, background, 0, 3).explain(x, 1); // in smaller chunks
            assertArrayEquals(found.values(), one.values(), 1e-5);
            double[] mean = new double[found.values().length];
            for (int r = 0; r < 20; r++) {
                double[] alone = DeepLift.of(cnn, background.narrow(0, r, 1)).explain(x, 1).values();
                for (int i = 0; i < mean.length; i++) mean[i] += alone[i] / 20;
            }
            assertArrayEquals(mean, found.values(), 1e-5);
            cnn.close();
        }
        assertTrue(Scope.live() <= before);
    }

    /** Dropout and norms of the batch stay out of explanations of a model that is in training. */
    @Test void aModelInTrainingIsExplainedInEvaluationMode() {
        try (var _ = Scope.open()) {
            var cnn = cnn();
            var x = Tensor.randn(1, 2, 14, 14);
            double[] expected = DeepLift.of(cnn, x.zerosLike()).explain(x, 1).values();
            double[] map = GradCam.of(cnn).explain(x, 1).values();
            cnn.train();
            assertArrayEquals(expected, DeepLift.of(cnn, x.zerosLike()).explain(x, 1).values(), 1e-6);
            assertArrayEquals(map, GradCam.of(cnn).explain(x, 1).values(), 1e-6);
            assertTrue(cnn.isTraining());
            cnn.close();
        }
    }

    /** Places on the way change nothing where all layers have rules of their own. */
    @Test void stepsChangeNothingWhereRulesAreKnown() {
        try (var _ = Scope.open()) {
            var cnn = cnn();
            var x = Tensor.randn(1, 2, 14, 14);
            var known = DeepLift.of(cnn, x.zerosLike());
            assertArrayEquals(known.steps(0).explain(x, 1).values(), known.steps(4).explain(x, 1).values(), 1e-5);
            cnn.close();
        }
    }

    /** Whose ReLUs are functions, told to hooks by their blocks: without places on the way, for they all have rules. */
    @ParameterizedTest
    @MethodSource("backbones")
    void deepLiftOfNetsWithFunctionsSumsToTheOutput(Supplier<Backbone> of) {
        long before = Scope.live();
        try (var _ = Scope.open()) {
            Torch.seed(11);
            var net = of.get();
            net.eval();
            var x = Tensor.randn(new Rng(12), 1, 3, 32, 32);
            var from = Tensor.randn(new Rng(13), 1, 3, 32, 32);
            var found = DeepLift.of(net, from).steps(0).explain(x, 1);
            double difference = found.output() - found.base();
            assertEquals(0, found.gap(), 1e-3 * Math.abs(difference));
            double[] slope = Saliency.timesInput(net).explain(x, 1).values(), far = x.sub(from).div(x).toDoubles();
            double linear = IntStream.range(0, slope.length).mapToDouble(i -> slope[i] * far[i]).sum();
            assertTrue(Math.abs(difference - linear) > 0.01 * Math.abs(difference), "as linear as a straight line");
            net.close();
        }
        assertTrue(Scope.live() <= before);
    }

    static Stream<Named<Supplier<Backbone>>> backbones() {
        return Stream.of(
                Named.of("ResNet", () -> new ResNet(new ResNet.Config(false, List.of(1, 1), 8, true, true, 32), 3)),
                Named.of("bottlenecks", () -> new ResNet(new ResNet.Config(true, List.of(1, 1), 8, false, false, 32),
                        3)),
                Named.of("VGG", () -> new Vgg(new Vgg.Config(List.of(1, 1, 1, 1, 1), 8, true, 16, 0.5, 32), 3)),
                Named.of("DenseNet", () -> new DenseNet(new DenseNet.Config(List.of(2, 2), 8, 16, 32), 3)));
    }

    @Test void deepLiftOfATransformerSumsToTheOutput() {
        try (var _ = Scope.open()) {
            Torch.seed(9);
            var options = TransformerOptions.DEFAULT.dropout(0).activation(Activation.GELU);
            var net = new Sequential(new TransformerEncoderLayer(16, 4, 32, options),
                    new TransformerEncoderLayer(16, 4, 32, options), new Flatten(), new Linear(16 * 5, 3));
            net.eval();
            var x = Tensor.randn(1, 5, 16);
            var found = DeepLift.of(net, x.zerosLike()).explain(x, 0);
            assertEquals(0, found.gap(), 1e-4);
            net.close();
        }
    }

    /** As {@code GradCam} has it, written out: the mean gradient weighs each map. */
    @Test void gradCamIsWhatAHandComputes() {
        try (var _ = Scope.open()) {
            Torch.seed(4);
            var conv = new Conv2d(1, 3, 3);
            var head = new Linear(3 * 6 * 6, 2);
            var net = new Sequential(conv, new Relu(), new Flatten(), head);
            var x = Tensor.randn(1, 1, 8, 8);
            float[] maps = conv.forward(x).relu().toFloats(); // (1, 3, 6, 6)
            float[] weight = head.params().get("weight").toFloats(); // (2, 108)
            var cam = new float[36];
            for (int c = 0; c < 3; c++) {
                float mean = 0;
                for (int i = 0; i < 36; i++) mean += weight[108 + c * 36 + i] / 36;
                for (int i = 0; i < 36; i++) cam[i] += mean * maps[c * 36 + i];
            }
            for (int i = 0; i < 36; i++) cam[i] = Math.max(0, cam[i]);
            var expected = Tensor.call("upsample_bilinear2d", "", Tensor.of(cam, 1, 1, 6, 6), new long[] {8, 8}, false,
                    null, null).toDoubles();
            assertArrayEquals(expected, GradCam.of(net).explain(x, 1).values(), 1e-5);
            assertArrayEquals(expected, GradCam.of(net).layer("1").explain(x, 1).values(), 1e-5);
            for (var kind : GradCam.Kind.values()) {
                var map = GradCam.of(net).kind(kind).explain(x, 1);
                assertArrayEquals(new long[] {8, 8}, map.shape());
                assertTrue(Arrays.stream(map.values()).allMatch(v -> v >= 0));
            }
            assertSays("one of [0, 1]. Received 7", () -> GradCam.of(net).layer("7").explain(x, 1));
            net.close();
        }
    }

    @Test void guidedBackpropLetsNothingNegativeThrough() {
        try (var _ = Scope.open()) {
            var net = new Sequential(linear(new double[] {1, 2}, 1, 2), new Relu(), linear(new double[] {3, -5}, 2, 1));
            var x = Tensor.of(new double[] {2}, 1, 1);
            assertArrayEquals(new double[] {-7}, new Saliency(net).explain(x, 0).values(), 1e-12);
            assertArrayEquals(new double[] {3}, GuidedBackprop.of(net).explain(x, 0).values(), 1e-12);
            net.close();
            Torch.seed(13);
            var residual = new ResNet(ResNet.Config.RESNET20, 3); // whose ReLUs are functions
            residual.eval();
            var picture = Tensor.randn(new Rng(14), 1, 3, 32, 32);
            double[] plain = new Saliency(residual).explain(picture, 0).values();
            assertFalse(Arrays.equals(plain, GuidedBackprop.of(residual).explain(picture, 0).values()));
            residual.close();
        }
    }

    @Test void smoothGradOfALinearModelIsItsGradient() {
        try (var _ = Scope.open()) {
            var linear = linear(new double[] {1, -2, 3}, 3, 1);
            var x = Tensor.of(new double[] {1, 2, 3}, 1, 3);
            assertArrayEquals(new double[] {1, -2, 3}, new SmoothGrad(new Saliency(linear)).explain(x, 0).values(),
                    1e-12);
            assertArrayEquals(new double[] {1, -4, 9}, Saliency.timesInput(linear).explain(x, 0).values(), 1e-12);
            linear.close();
        }
    }

    /** Contributions of hidden units sum to the output; those of inputs to a unit to the unit. */
    @Test void layersAndNeuronsAreComplete() {
        try (var _ = Scope.open()) {
            Torch.seed(6);
            var net = new Sequential(new Linear(4, 8), Activation.TANH, new Linear(8, 2));
            net.to(DType.FLOAT64);
            var x = Tensor.randn(1, 4).to(DType.FLOAT64);
            var hidden = LayerAttribution.of(net, "1");
            var units = hidden.units(x, x.zerosLike(), 1, IntegratedGradients::new);
            assertEquals(8, units.values().length);
            assertEquals(net.forward(x).select(1, 1).item(), units.output(), 1e-12);
            assertEquals(0, units.gap(), 1e-9);
            var neuron = hidden.neuron(x, 3, f -> new IntegratedGradients(f, x.zerosLike()));
            assertEquals(0, neuron.gap(), 1e-6);
            assertSays("one of [, 0, 1, 2]", () -> LayerAttribution.of(net, "9").neuron(x, 0, Saliency::new));
            net.close();
        }
    }

    @Test void aModelWithoutGradientsIsNamed() {
        try (var _ = Scope.open()) {
            var x = Tensor.randn(1, 4);
            for (Explainer explainer : List.of(new Saliency(rows -> rows.detach()),
                    new Saliency(rows -> rows.gt(0).to(DType.FLOAT32)),
                    new IntegratedGradients(rows -> rows.detach(), x.zerosLike()))) {
                assertSays("Methods that need none are shap, lime and occlusion", () -> explainer.explain(x, 0));
            }
            assertSays("Embedded.of", () -> new Saliency(rows -> rows).explain(Tensor.of(new long[] {1}, 1, 1), 0));
        }
    }

    private static void assertSays(String part, Runnable wrong) {
        var message = assertThrows(IllegalArgumentException.class, wrong::run).getMessage();
        assertTrue(message.contains(part), message);
    }

    /** Else a picture of 227 x 227 would go through a ResNet 32 times at once, with all that gradients need. */
    @Test void largePicturesComeInFewRows() {
        try (var _ = Scope.open()) {
            var most = new AtomicLong();
            Unary watched = rows -> {
                most.accumulateAndGet(rows.size(0), Math::max);
                return rows.sum(new long[] {1, 2, 3}, false).unsqueeze(1);
            };
            var picture = Tensor.ones(1, 3, 200, 200);
            var found = new IntegratedGradients(watched, picture.zerosLike()).explain(picture, 0);
            assertEquals(120_000, found.output() - found.base(), 1);
            assertEquals(8, most.get());
            new Occlusion(watched, picture.zerosLike()).explain(picture, 0);
            assertEquals(8, most.get());
            assertEquals(256, Chunks.DEFAULT.rowsLike(Tensor.ones(1, 10)));
            assertEquals(300, Chunks.DEFAULT.chunk(300).rowsLike(picture));
        }
    }
}
