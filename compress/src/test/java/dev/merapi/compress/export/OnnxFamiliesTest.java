package dev.merapi.compress.export;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Unary;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipes;
import dev.merapi.speech.command.BcResNet;
import dev.merapi.speech.command.DsCnn;
import dev.merapi.speech.model.Conformer;
import dev.merapi.speech.model.CtcModel;
import dev.merapi.speech.model.DeepSpeech2;
import dev.merapi.speech.speaker.EcapaTdnn;
import dev.merapi.speech.synthesis.HifiGenerator;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.model.ConvNeXt;
import dev.merapi.vision.model.DenseNet;
import dev.merapi.vision.model.EfficientNet;
import dev.merapi.vision.model.GoogLeNet;
import dev.merapi.vision.model.InceptionV3;
import dev.merapi.vision.model.MobileNetV1;
import dev.merapi.vision.model.MobileNetV2;
import dev.merapi.vision.model.MobileNetV3;
import dev.merapi.vision.model.ResNet;
import dev.merapi.vision.model.Vgg;
import dev.merapi.vision.model.VisionTransformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Each family that recipes train or files bring, against ONNX Runtime, for a batch of another size. */
class OnnxFamiliesTest {
    @TempDir private static Path folder;

    @BeforeEach void seed() { Torch.seed(6); }

    private static void check(Signature model) {
        var file = folder.resolve("m" + System.nanoTime() + ".onnx");
        Onnx.write(model, file);
        try (var _ = Scope.open()) {
            OnnxRuntime.assertSame(model, file, Map.of("batch", 2L, "frames", 40L));
        }
    }

    private static <M extends Layer & Unary> void picture(M net, int side) {
        check(Signature.of(net, Signature.floats("pixels", "batch", 3, side, side), "logits"));
        net.close();
    }

    @Test void networksForPicturesInSmall() {
        picture(new MobileNetV1(new MobileNetV1.Config(0.25, 0, 32), 5), 32);
        picture(new MobileNetV2(new MobileNetV2.Config(0.25, 0), 5), 32);
        picture(new DenseNet(new DenseNet.Config(List.of(2, 2), 4, 8), 5), 32);
        picture(new Vgg(new Vgg.Config(List.of(1, 1, 1, 1, 1), 4, true, 8, 0), 5), 64); // 2 x 2 to 7 x 7 means
        picture(new ConvNeXt(new ConvNeXt.Config(List.of(1, 1, 1, 1), 8, 0), 5), 32);
        picture(new VisionTransformer(new VisionTransformer.Config(32, 8, 16, 2, 2, 32, 0), 5), 32);
    }

    @Tag("proof")
    @Test void networksForPicturesAsPublished() {
        picture(new ResNet(ResNet.Config.RESNET50, 10), 64);
        picture(new Vgg(Vgg.Config.VGG11, 10), 64);
        picture(new GoogLeNet(GoogLeNet.Config.DEFAULT, 10), 64);
        picture(new InceptionV3(InceptionV3.Config.DEFAULT, 10), 96);
        picture(new MobileNetV3(MobileNetV3.Config.LARGE, 10), 64);
        picture(new EfficientNet(EfficientNet.Config.B0, 10), 64);
        picture(new DenseNet(DenseNet.Config.DENSENET121, 10), 64);
        picture(new ConvNeXt(ConvNeXt.Config.TINY, 10), 64);
        picture(new VisionTransformer(VisionTransformer.Config.BASE32, 10), 224);
    }

    /** Recordings of two lengths. */
    private static void recogniser(CtcModel net) {
        var file = folder.resolve("m" + System.nanoTime() + ".onnx");
        var model = net.signature().fixed("frames", 20);
        assertThrows(IllegalArgumentException.class, () -> model.fixed("frames", 20)); // no more such axis
        Onnx.write(model, file);
        try (var _ = Scope.open()) {
            OnnxRuntime.assertSame(model, file, List.of(Tensor.randn(2, 8, 20), Tensor.of(new long[] {20, 9}, 2)));
        }
        net.close();
    }

    @Test void speech() {
        recogniser(new DeepSpeech2(new DeepSpeech2.Config(8, 5, 4, 6, 2, List.of(2, 1), 0, 0)));
        recogniser(new DeepSpeech2(new DeepSpeech2.Config(8, 5, 4, 6, 2, List.of(2, 1), 0, 3)));
        recogniser(new Conformer(new Conformer.Config(8, 5, 16, 2, 2, 5, 0)));
        check(Signature.of(new DsCnn(new DsCnn.Config(8, 2), 3), Signature.floats("bands", "batch", 40, 50), "logits"));
        check(Signature.of(new BcResNet(1, 3), Signature.floats("bands", "batch", 40, 50), "logits"));
        check(Signature.of(new EcapaTdnn(8, 16, 8), Signature.floats("bands", "batch", 8, "frames"), "embedding"));
        check(Signature.of(new HifiGenerator(8, 16, List.of(8, 2)), Signature.floats("bands", "batch", 8, "frames"),
                "samples"));
    }

    @Test void agents() {
        run(Recipes.named("ppo").job("env=CartPole-v1"));
        run(Recipes.named("dqn").job("env=CartPole-v1", "parts=[duelling,distributional]"));
        run(Recipes.named("sac").job("env=Pendulum-v1"));
        run(Recipes.named("alphazero").job("env=tic-tac-toe"));
        try (var job = Recipes.named("recurrent-ppo").job("env=CartPole-v1")) {
            assertTrue(assertThrows(IllegalArgumentException.class, job::signature).getMessage()
                    .contains("RecurrentPpo"));
        }
    }

    private static Path table(String header, int rows, IntFunction<String> row) throws IOException {
        var lines = new ArrayList<>(List.of(header));
        for (int i = 0; i < rows; i++) lines.add(row.apply(i));
        var file = folder.resolve("t" + System.nanoTime() + ".csv");
        Files.write(file, lines);
        return file;
    }

    private static void run(Job<?> job) {
        try (job) {
            check(job.signature());
        }
    }

    @Test void tables() throws IOException {
        var people = table("age,town,job,paid", 40, i -> (20 + i % 30) + "," + "abc".charAt(i % 3) + ","
                + "xy".charAt(i % 2) + "," + (i % 4 == 0 ? "yes" : "no"));
        for (String model : List.of("mlp", "deepfm", "wide_deep", "dcn", "autoint", "ft_transformer")) {
            run(Recipes.named("table").job("data=" + people, "target=paid", "model=" + model, "hidden=[8,4]"));
        }
    }

    @Test void forecasts() throws IOException {
        var sales = table("month,sold,price", 80, i -> String.format("%04d-%02d-01,%d,%d", 2000 + i / 12, 1 + i % 12,
                50 + 10 * (i % 12) + i % 7, 5 + i % 3));
        for (String model : List.of("lstm", "dlinear", "tcn", "nbeats", "patch_tst")) {
            run(Recipes.named("forecast").job("data=" + sales, "time=month", "target=sold", "covariates=[price]",
                    "model=" + model, "context=24", "horizon=6", "width=8", "layers=2"));
        }
    }
}
