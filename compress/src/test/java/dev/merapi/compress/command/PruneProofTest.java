package dev.merapi.compress.command;

import dev.merapi.compress.BeforeAfter;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Settings;
import dev.merapi.tensor.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Nets that tell clothes and small photos apart lose half their work and no accuracy; {@code -Dmerapi.fashion=<run>}
 * and {@code -Dmerapi.cifar=<run>} take trained ones.
 */
@Tag("proof")
class PruneProofTest {
    @TempDir private Path folder;

    private record Said(List<Command.Answer> answers) implements Command.Answers {
        @Override public void answer(String input, Command.Answer answer) { answers.add(answer); }

        @Override public void failed(String input, RuntimeException error) { throw error; }
    }

    @Test void halfTheMultiplyAddsCostNoAccuracy() {
        prune("merapi.fashion", "fashion", List.of("epochs=6"), 1.2, "multiply_adds=0.45", "round=8",
                "learning_rate=0.0015", "epochs=4");
    }

    /** Of CIFAR-10 as {@code merapi train cifar10} finds it. */
    @Test void aResNetLosesHalfItsWork() {
        prune("merapi.cifar", "cifar10", List.of("model=resnet20", "epochs=6", "augment=true", "batch_size=128",
                "learning_rate=3e-3", "weight_decay=0.05"), 1.1, "multiply_adds=0.5", "round=4", "learning_rate=0.002",
                "epochs=6");
    }

    /**
     * @param property names a folder of a trained run; without it, one is trained
     * @param faster how many times, at the least: a busy machine says less than a quiet one
     */
    private void prune(String property, String recipe, List<String> training, double faster, String... tuning) {
        String trained = System.getProperty(property);
        Path run = trained == null ? folder.resolve("run") : Path.of(trained);
        if (trained == null) {
            try (var job = Recipes.named(recipe).job(training.toArray(String[]::new))) {
                job.fit(run);
            }
        }
        var settings = new ArrayList<>(List.of(tuning));
        settings.add("out=" + folder.resolve("small"));
        var command = new PruneCommand();
        var config = Settings.bind(command.defaults(), Settings.override(Map.of(), settings.toArray(String[]::new)),
                "prune");
        var said = new Said(new ArrayList<>());
        command.run(List.of(run.toString()), config, Device.CPU, said);
        System.out.println(said.answers.getFirst().words());
        var columns = ((Map<?, ?>) said.answers.getFirst().values()).values().stream()
                .map(column -> (BeforeAfter.Column) column).toList();
        var before = columns.getFirst();
        var after = columns.getLast();
        assertTrue(before.multiplyAdds() >= 2 * after.multiplyAdds());
        assertTrue(after.quality().get("accuracy") >= before.quality().get("accuracy") - 0.005, "" + after);
        assertTrue(before.milliseconds() > faster * after.milliseconds(), "" + after);
    }
}
