package dev.merapi.compress.command;

import dev.merapi.recipe.Classes;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Runs;
import dev.merapi.recipe.Settings;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.vision.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CompressCommandsTest {
    @TempDir private static Path folder;

    /** What the command said. */
    private record Said(List<Command.Answer> answers) implements Command.Answers {
        @Override public void answer(String input, Command.Answer answer) { answers.add(answer); }

        @Override public void failed(String input, RuntimeException error) { throw error; }

        String words() { return answers.getFirst().words(); }
    }

    private static <C extends Record> Said run(Command<C> command, String run, String... settings) {
        var config = Settings.bind(command.defaults(), Settings.override(Map.of(), settings), command.name());
        var said = new Said(new ArrayList<>());
        command.run(List.of(folder.resolve(run).toString()), config, Device.CPU, said);
        return said;
    }

    /** A bright square in the left half or in the right one. */
    @BeforeAll static void train() throws IOException {
        var random = new SplittableRandom(3);
        for (int i = 0; i < 80; i++) {
            boolean left = i % 2 == 0;
            var image = new Image(16, 16, 3);
            for (int p = 0; p < image.pixels().length; p++) image.pixels()[p] = (byte) random.nextInt(60);
            int x = left ? 1 + random.nextInt(3) : 9 + random.nextInt(3), y = 1 + random.nextInt(10);
            for (int dy = 0; dy < 4; dy++) {
                for (int b = 0; b < 12; b++) image.pixels()[((y + dy) * 16 + x) * 3 + b] = (byte) 240;
            }
            Path file = folder.resolve("squares/" + (left ? "left" : "right") + "/" + i + ".png");
            image.write(file);
            if (i == 0) Files.copy(file, folder.resolve("left.png"));
        }
        try (var job = Recipes.named("image-folder").job("data=" + folder.resolve("squares"), "model=batch_norm_cnn",
                "image_size=16", "epochs=6", "augment=false", "batch_size=16")) {
            job.fit(folder.resolve("run"));
        }
    }

    private static Classes ask(String run) {
        try (var model = Predictor.open(folder.resolve(run)).as(Image.class, Classes.class)) {
            return model.predict(Image.read(folder.resolve("left.png")));
        }
    }

    @Test void aPrunedRunIsARunThatIsOpenedLikeAny() throws IOException {
        long before = Scope.live();
        var said = run(new PruneCommand(), "run", "multiply_adds=0.4", "epochs=2", "out=" + folder.resolve("small"));
        assertTrue(said.words().matches("(?s).*Multiply-adds +[\\d,]+ +[\\d,]+ +[23]\\.\\d\\d times fewer.*"),
                said.words());
        assertEquals("left", ask("small").best().toString().split(" ")[0]);
        try (var job = Runs.open(folder.resolve("small"))) {
            assertTrue(job.evaluate().get("accuracy") > 0.9);
        }
        String card = Files.readString(folder.resolve("small/README.md"));
        assertTrue(card.contains("## Pruned: channels\n\n|  | before |"), card);
        assertTrue(Scope.live() <= before, Scope.live() + " tensors, " + before + " before");
        try (var job = Runs.resume(folder.resolve("small"))) {
            assertEquals(2, job.fit().history().size()); // goes on after the end, with what was small already
        }
    }

    @Test void weightsOfARunAreSetTo0WithAndWithoutTraining() {
        var said = run(new PruneCommand(), "run", "method=global", "amount=0.6", "epochs=0",
                "out=" + folder.resolve("global"));
        assertTrue(said.words().startsWith("60.0 % of the weights of 4 tables are 0"), said.words());
        assertTrue(said.words().contains("  not 0"), said.words());
        for (String method : List.of("magnitude", "n_of_m", "gradual", "movement")) {
            var out = folder.resolve(method);
            run(new PruneCommand(), "run", "method=" + method, "epochs=1", "out=" + out);
            try (var _ = Scope.open(); var job = Runs.open(out)) {
                var weight = job.trainer().task().model().params().get("4.weight").detach();
                double zeros = weight.eq(0).sum().item() / weight.numel();
                assertTrue(zeros > 0.4 && zeros < 0.6, method + " " + zeros);
            }
        }
    }

    @Test void aQuantisedRunIsARunThatIsOpenedLikeAny() throws IOException {
        var said = run(new QuantizeCommand(), "run", "out=" + folder.resolve("dynamic"));
        assertTrue(said.words().startsWith("1 layer changed; left as they are: 3 Conv2d (0, 4, 8)"), said.words());
        assertEquals("left", ask("dynamic").best().toString().split(" ")[0]);
        assertTrue(Files.readString(folder.resolve("dynamic/README.md")).contains("## Quantized: dynamic"));
        var again = assertThrows(IllegalArgumentException.class,
                () -> run(new QuantizeCommand(), "run", "out=" + folder.resolve("dynamic")));
        assertTrue(again.getMessage().contains("expected a new folder"), again.getMessage());
    }

    @Test void staticAndTrainedBitsAreMeasuredAndOpenedAgain() throws IOException {
        long before = Scope.live();
        var plain = run(new QuantizeCommand(), "run", "method=static", "observing=entropy", "batches=2",
                "out=" + folder.resolve("static"));
        assertTrue(plain.words().startsWith("4 layers changed\n"), plain.words());
        assertEquals("left", ask("static").best().toString().split(" ")[0]);
        var trained = run(new QuantizeCommand(), "run", "method=aware", "epochs=1", "out=" + folder.resolve("aware"));
        assertTrue(trained.words().matches("(?s)4 layers changed\\R.*Size .* 3\\.\\d\\d times smaller.*"),
                trained.words());
        assertEquals("left", ask("aware").best().toString().split(" ")[0]);
        assertTrue(Files.readString(folder.resolve("aware/README.md")).contains("## Quantized: aware"));
        assertTrue(Scope.live() <= before);
        try (var job = Runs.open(folder.resolve("aware"))) {
            assertTrue(job.evaluate().get("accuracy") > 0.9);
        }
        try (var job = Runs.resume(folder.resolve("aware"))) { // the checkpoint's, which can learn on
            assertEquals(1, job.fit().history().size());
        }
    }

    @Test void weightsAloneOfARunHaveFewerBits() {
        for (String method : List.of("int8", "nf4")) {
            var said = run(new QuantizeCommand(), "run", "method=" + method, "group=32",
                    "out=" + folder.resolve(method));
            assertTrue(said.words().startsWith("1 layer changed; left as they are: 3 Conv2d"), said.words());
            assertEquals("left", ask(method).best().toString().split(" ")[0]);
        }
    }

    @Test void aScanSaysWhatCouldGo() {
        var said = run(new PruneCommand(), "run", "method=scan", "names=[\"0.*\", \"4.*\"]");
        assertTrue(said.words().matches("(?s)accuracy where .*0.weight:  0.30: .*4.weight: .*\n"), said.words());
    }

    @Test void badInputIsRefused() {
        var amount = assertThrows(IllegalArgumentException.class, () -> run(new PruneCommand(), "run", "amount=1"));
        assertTrue(amount.getMessage().contains("at 1 nothing is left"), amount.getMessage());
        var nowhere = assertThrows(IllegalArgumentException.class, () -> run(new PruneCommand(), "nowhere"));
        assertTrue(nowhere.getMessage().contains("expected the folder of a run"), nowhere.getMessage());
    }
}
