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
 * A net that tells clothes apart loses half its work and no accuracy; {@code -Dmerapi.fashion=<run>} takes a trained
 * one.
 */
@Tag("proof")
class PruneProofTest {
    @TempDir private Path folder;

    private record Said(List<Command.Answer> answers) implements Command.Answers {
        @Override public void answer(String input, Command.Answer answer) { answers.add(answer); }

        @Override public void failed(String input, RuntimeException error) { throw error; }
    }

    @Test void halfTheMultiplyAddsCostNoAccuracy() {
        String trained = System.getProperty("merapi.fashion");
        Path run = trained == null ? folder.resolve("run") : Path.of(trained);
        if (trained == null) {
            try (var job = Recipes.named("fashion").job("epochs=6")) {
                job.fit(run);
            }
        }
        var command = new PruneCommand();
        var config = Settings.bind(command.defaults(), Settings.override(Map.of(), "multiply_adds=0.45", "round=8",
                "epochs=4", "learning_rate=0.0015", "out=" + folder.resolve("small")), "prune");
        var said = new Said(new ArrayList<>());
        command.run(List.of(run.toString()), config, Device.CPU, said);
        System.out.println(said.answers.getFirst().words());
        var columns = ((Map<?, ?>) said.answers.getFirst().values()).values().stream()
                .map(column -> (BeforeAfter.Column) column).toList();
        var before = columns.getFirst();
        var after = columns.getLast();
        assertTrue(before.multiplyAdds() >= 2 * after.multiplyAdds());
        assertTrue(after.quality().get("accuracy") >= before.quality().get("accuracy") - 0.005, "" + after);
        assertTrue(before.milliseconds() > 1.2 * after.milliseconds(), "" + after); // a busy machine says less
    }
}
