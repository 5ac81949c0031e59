package dev.merapi.compress.command;

import dev.merapi.compress.BeforeAfter;
import dev.merapi.compress.Subject;
import dev.merapi.compress.quantize.Observing;
import dev.merapi.compress.quantize.StaticQuantization;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Settings;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.model.ResNet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Convolutions of 8 bits: a net that tells clothes apart loses no more than half a point, and larger nets become
 * faster; {@code -Dmerapi.fashion=<run>} takes a trained one.
 */
@Tag("proof")
class StaticProofTest {
    @TempDir private Path folder;

    private record Said(List<Command.Answer> answers) implements Command.Answers {
        @Override public void answer(String input, Command.Answer answer) { answers.add(answer); }

        @Override public void failed(String input, RuntimeException error) { throw error; }
    }

    @Test void aCnnLosesNoMoreThanHalfAPoint() {
        String trained = System.getProperty("merapi.fashion");
        Path run = trained == null ? folder.resolve("run") : Path.of(trained);
        if (trained == null) {
            try (var job = Recipes.named("fashion").job("epochs=6")) {
                job.fit(run);
            }
        }
        for (var observing : Observing.values()) check(run, "static", "observing=" + observing.name().toLowerCase());
        check(run, "aware", "epochs=2");
    }

    private void check(Path run, String method, String more) {
        var command = new QuantizeCommand();
        var config = Settings.bind(command.defaults(), Settings.override(Map.of(), "method=" + method, more,
                "out=" + folder.resolve(method + more)), "quantize");
        var said = new Said(new ArrayList<>());
        command.run(List.of(run.toString()), config, Device.CPU, said);
        System.out.println(method + " " + more + "\n" + said.answers.getFirst().words());
        var columns = ((Map<?, ?>) said.answers.getFirst().values()).values().stream()
                .map(column -> (BeforeAfter.Column) column).toList();
        double before = columns.getFirst().quality().get("accuracy"), now = columns.getLast().quality().get("accuracy");
        assertTrue(now >= before - 0.005, method + " " + more + " " + before + " " + now);
    }

    @Test void largerNetsAreFaster() {
        time("ResNet-20, 32 images 32x32", ResNet.Config.RESNET20, 32, 32);
        time("ResNet-18, 4 images 224x224", ResNet.Config.RESNET18, 4, 224);
    }

    private static void time(String name, ResNet.Config config, int batch, int side) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Torch.seed(1);
            var plain = new ResNet(config, 10);
            Torch.seed(1);
            var whole = new ResNet(config, 10);
            plain.eval();
            whole.eval();
            Tensor x = Tensor.randn(new Rng(1), batch, 3, side, side).channelsLast();
            StaticQuantization.of(whole, _ -> true, Observing.MIN_MAX, () -> whole.forward(x));
            var table = BeforeAfter.measure(
                    new Subject("float32", 0, Subject.parameters(plain), 0, 0, () -> plain.forward(x), Map.of()),
                    new Subject("static", 0, Subject.parameters(whole), 0, 0, () -> whole.forward(x), Map.of()));
            System.out.println(name + "\n" + table);
            assertTrue(!Torch.hasOneDnn() || table.timesFaster() > 1, name);
        }
    }
}
