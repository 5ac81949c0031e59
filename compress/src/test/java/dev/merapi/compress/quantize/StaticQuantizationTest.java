package dev.merapi.compress.quantize;

import dev.merapi.compress.Subject;
import dev.merapi.io.Safetensors;
import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MaxPool2d;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Summary;
import dev.merapi.nn.Unary;
import dev.merapi.optim.AdamW;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.model.ResNet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StaticQuantizationTest {
    @TempDir private Path folder;

    private static Sequential model() {
        var unbiased = ConvOptions.SAME.noBias();
        return new Sequential(new Conv2d(3, 8, 3, unbiased), new BatchNorm2d(8), new Relu(), new MaxPool2d(2),
                new Conv2d(8, 12, 3, unbiased), new BatchNorm2d(12), new MaxPool2d(2),
                new Flatten(), new Linear(48, 10), new Relu(), new Linear(10, 4));
    }

    /** With running statistics that are not those of a new norm. */
    private static Sequential trained() {
        Torch.seed(4);
        var model = model();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            for (int i = 0; i < 5; i++) model.forward(images(i));
            for (String norm : List.of("1", "5")) {
                model.tensors().get(norm + ".weight").copy_(Tensor.rand(model.tensors().get(norm + ".weight").shape())
                        .add(0.5));
                model.tensors().get(norm + ".bias").copy_(Tensor.randn(model.tensors().get(norm + ".bias").shape())
                        .mul(0.3));
            }
        }
        model.eval();
        return model;
    }

    private static Tensor images(int seed) { return Tensor.randn(new Rng(seed), 16, 3, 8, 8).mul(2).add(1); }

    private static double cosine(Tensor a, Tensor b) {
        return a.mul(b).sum().item() / Math.sqrt(a.square().sum().item() * b.square().sum().item());
    }

    @Test void normsAndRelusComeIntoProducts() {
        long before = Scope.live();
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var model = trained(); var again = model()) {
            Tensor x = images(9), exact = model.forward(x);
            long multiplyAdds = Summary.of(model, () -> model.forward(x)).multiplyAdds();
            var done = StaticQuantization.of(model, _ -> true, Observing.MIN_MAX, () -> model.forward(x));
            assertEquals("4 layers changed", done.toString());
            for (String path : List.of("1", "2", "5", "9")) {
                assertTrue(model.layers().get(path) instanceof Folded, path);
            }
            Tensor y = model.forward(x);
            assertTrue(cosine(exact, y) > 0.998, "" + cosine(exact, y));
            assertEquals(multiplyAdds, Summary.of(model, () -> model.forward(x)).multiplyAdds());
            assertEquals(3 * 8 * 9 + 8 + 8 * 12 * 9 + 12 + 490 + 44, Subject.parameters(model));
            Path file = folder.resolve("static.safetensors");
            Safetensors.save(model, file);
            Safetensors.load(again, file);
            again.eval();
            assertTrue(y.sameAs(again.forward(x)));
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void packedWeightsAreMadeAnewWhenOthersAreLoaded() {
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var model = trained(); var other = model()) {
            other.eval();
            Tensor x = images(9);
            StaticQuantization.of(model, _ -> true, Observing.MIN_MAX, () -> model.forward(x));
            StaticQuantization.of(other, _ -> true, Observing.MIN_MAX, () -> other.forward(x));
            Tensor y = model.forward(x);
            assertTrue(!y.sameAs(other.forward(x)));
            Path file = folder.resolve("other.safetensors");
            Safetensors.save(model, file);
            Safetensors.load(other, file);
            assertTrue(y.sameAs(other.forward(x)));
        }
    }

    @Test void aResidualNetIsNearlyTheSame() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Torch.seed(2);
            var net = new ResNet(new ResNet.Config(false, List.of(1, 1), 8, true, false, 32), 5);
            Tensor x = Tensor.randn(new Rng(3), 8, 3, 16, 16);
            net.forward(x);
            net.eval();
            Tensor exact = net.forward(x);
            for (var observing : Observing.values()) {
                var copy = new ResNet(new ResNet.Config(false, List.of(1, 1), 8, true, false, 32), 5);
                net.tensors().forEach((name, t) -> copy.tensors().get(name).copy_(t));
                copy.eval();
                var done = StaticQuantization.of(copy, name -> !name.equals("fc"), observing, () -> copy.forward(x));
                assertEquals("6 layers changed; left as they are: 1 Linear (fc)", done.toString());
                assertEquals(6, copy.layers().values().stream().filter(Folded.class::isInstance).count()); // all norms
                assertTrue(cosine(exact, copy.forward(x)) > 0.98, observing + " " + cosine(exact, copy.forward(x)));
            }
        }
    }

    /** y = norm(conv(x)) + conv(x). */
    private static final class Twice extends Layer implements Unary {
        Unary conv = new Conv2d(3, 3, 1);
        Unary norm = new BatchNorm2d(3);

        @Override public Tensor forward(Tensor x) {
            Tensor h = conv.forward(x);
            return hooked(norm.forward(h).add(h), x);
        }
    }

    @Test void whatOthersSeeTooIsNotFolded() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var model = new Twice();
            model.eval();
            assertEquals(Map.of(), Chain.of(model, () -> model.forward(images(1))));
            StaticQuantization.of(model, _ -> true, Observing.MIN_MAX, () -> model.forward(images(1)));
            assertTrue(model.norm instanceof BatchNorm2d && model.conv instanceof StaticInt8);
        }
    }

    @Test void aPreparedModelLearnsAndIsConvertedToTheSame() {
        try (var _ = Scope.open(); var model = trained(); var again = model()) {
            Tensor x = images(7), wanted = images(8).view(16, -1).narrow(1, 0, 4);
            StaticQuantization.prepare(model, _ -> true, Observing.MOVING_AVERAGE, () -> model.forward(x));
            double high = ((FakeInt8) model.layers().get("0")).inputHigh.item();
            model.train();
            var adam = new AdamW(model, 1e-2);
            double first = 0, last = 0;
            for (int i = 0; i < 30; i++) {
                try (var _ = Scope.open()) {
                    adam.zeroGrad();
                    var loss = model.forward(x.mul(1.5)).sub(wanted).square().mean();
                    loss.backward();
                    adam.step();
                    last = loss.item();
                    if (i == 0) first = last;
                }
            }
            assertTrue(last < 0.7 * first, first + " " + last);
            double followed = ((FakeInt8) model.layers().get("0")).inputHigh.item();
            assertEquals(high * (1.5 - 0.5 * Math.pow(0.99, 30)), followed, 1e-3 * high);
            model.eval();
            try (var _ = Torch.noGrad()) {
                Path file = folder.resolve("aware.safetensors"); // a run that was stopped goes on from such a one
                Safetensors.save(model, file);
                Safetensors.load(again, file);
                again.eval();
                Tensor learnt = model.forward(x);
                assertTrue(learnt.sameAs(again.forward(x)));
                StaticQuantization.convert(model);
                assertTrue(cosine(learnt, model.forward(x)) > 0.9999, "" + cosine(learnt, model.forward(x)));
            }
        }
    }

    @Test void badInputIsRefused() {
        try (var _ = Scope.open()) {
            var model = model();
            var none = assertThrows(IllegalArgumentException.class, () -> StaticQuantization.of(model, _ -> true,
                    Observing.ENTROPY, () -> { }));
            assertEquals("StaticQuantization: expected examples that run through convolutions or affine maps of a"
                    + " chosen name. Received none that do.", none.getMessage());
            var early = assertThrows(IllegalArgumentException.class, () -> StaticQuantization.convert(model));
            assertTrue(early.getMessage().contains("expected a model that was prepared"), early.getMessage());
            var table = new Sequential(new Embedding(4, 3), new Linear(3, 2));
            assertEquals("1 layer changed; left as they are: 1 Embedding (0)", StaticQuantization.of(table, _ -> true,
                    Observing.MIN_MAX, () -> table.forward(Tensor.of(new long[] {1, 2}))).toString());
        }
    }
}
