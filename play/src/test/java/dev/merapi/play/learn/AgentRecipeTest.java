package dev.merapi.play.learn;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AgentRecipeTest {
    @TempDir Path temp;

    private static final class Heard implements Command.Answers {
        final List<Command.Answer> answers = new ArrayList<>();

        @Override public void answer(String input, Command.Answer answer) { answers.add(answer); }

        @Override public void failed(String input, RuntimeException error) { throw error; }
    }

    private Path run(String recipe, String name, String... settings) {
        Path folder = temp.resolve(name);
        try (var job = Recipes.named(recipe).job(settings)) {
            job.fit(folder);
        }
        return folder;
    }

    @Test void aGridWorldIsLearnedMeasuredAndWatched() throws IOException {
        long before = Scope.live();
        Path run = run("dqn", "lake", "env=FrozenLake", "steps=3000", "evaluations=2", "episodes=5");
        try (var job = Runs.open(run, "episodes=30")) {
            assertEquals(1, job.evaluate().get("return"), 1e-9); // no slipping: the way is safe
        }
        try (var model = Predictor.open(run).as(float[].class, float[].class)) {
            var start = new float[16];
            start[14] = 1; // left of the goal
            assertArrayEquals(new float[] {2}, model.predict(start));
            assertEquals("[2.0]", model.ask("0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0", 1));
            assertEquals("observation: expected 16 numbers. Received 2.",
                    assertThrows(IllegalArgumentException.class, () -> model.ask("0 1", 1)).getMessage());
        }
        var heard = new Heard();
        new WatchCommand().run(List.of(run.toString()), new WatchCommand().defaults(), Device.CPU, heard);
        assertTrue(heard.answers.getFirst().words().startsWith("return 1.0 in "), heard.answers.getFirst().words());
        assertTrue(Files.size(run.resolve("episode-000.gif")) > 1000);
        BufferedImage picture = ImageIO.read(run.resolve("policy.png").toFile());
        assertEquals(4 * 64 * 2, picture.getWidth());
        int nearGoal = picture.getRGB(2 * (2 * 64 + 5), 2 * (3 * 64 + 5)), atStart = picture.getRGB(10, 10);
        assertTrue((nearGoal >> 16 & 255) > (atStart >> 16 & 255), "beside the goal is warmer than the start");
        assertTrue(Scope.live() <= before);
    }

    @Test void everyRecipeTrainsAndIsOpenedAgain() {
        var steps = Map.of("ppo", 256, "recurrent-ppo", 256, "a2c", 256, // and of these a few behind the warm-up:
                "sac", 520, "td3", 520, "dqn", 1256);
        for (String recipe : steps.keySet()) {
            Path run = run(recipe, recipe, "steps=" + steps.get(recipe), "evaluations=1", "episodes=1", "hidden=[8]",
                    "batch_size=16");
            try (var job = Runs.open(run)) {
                assertTrue(Double.isFinite(job.evaluate().get("return")), recipe);
                assertTrue(job.summary().parameters() > 0);
            }
        }
    }

    @Test void rainbowBySwitches() {
        Path run = run("dqn", "rainbow", "env=FrozenLake", "steps=540", "evaluations=1", "episodes=2", "highest=1",
                "parts=[double, duelling, prioritized, n_step, noisy, distributional]");
        try (var job = Runs.open(run)) {
            var names = job.trainer().task().model().tensors();
            assertArrayEquals(new long[] {4 * 51, 64}, names.get("online.advantage.weight_sigma").shape());
            assertArrayEquals(new long[] {51, 64}, names.get("online.value.weight").shape());
        }
    }

    @Test void aRunOfAnotherEnvironment() {
        Path run = run("ppo", "cart", "steps=256", "evaluations=1", "episodes=1");
        assertEquals(run + ": expected env=CartPole-v1, where this run has learned. Received Acrobot-v1; train another"
                + " run for it.", assertThrows(IllegalArgumentException.class, () -> Runs.open(run, "env=Acrobot-v1"))
                .getMessage());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Recipes.named("sac").job("env=CartPole-v1"))
                .getMessage().endsWith("whose actions are choices; dqn, ppo and a2c are for such."));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Recipes.named("ppo").job("env=Cartpole"))
                .getMessage().contains("env: expected one of CartPole-v1, "));
    }

    @Test void returnsOfSeveralSeedsAreDrawn() throws IOException {
        for (int seed = 0; seed < 2; seed++) {
            Path run = Files.createDirectories(temp.resolve("seed" + seed));
            Files.writeString(run.resolve("metrics.jsonl"), """
                    {"step":10,"epoch":1,"loss":0.5}
                    {"epoch":1,"step":10,"return":%d.0,"env_steps":100.0,"seconds":1}
                    {"epoch":2,"step":20,"return":%d.0,"env_steps":200.0,"seconds":1}
                    """.formatted(10 + 2 * seed, 20 + 4 * seed));
        }
        var heard = new Heard();
        Path picture = temp.resolve("returns.png");
        new ReturnsCommand().run(List.of(temp.resolve("seed0").toString(), temp.resolve("seed1").toString()),
                new ReturnsCommand.Config(picture.toString(), "two"), Device.CPU, heard);
        assertEquals(picture + ": 2 runs, the last 22.00 ± 2.00", heard.answers.getFirst().words());
        var image = ImageIO.read(picture.toFile());
        int line = 0;
        for (int y = 0; y < image.getHeight(); y++) if (image.getRGB(1740, y) == 0xFF3B6EA8) line++;
        assertTrue(line > 0, "the line ends at the right");
    }
}
