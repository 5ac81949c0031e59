package dev.merapi.play.env;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class WrapperTest {
    private static final GridWorld ROAD = new GridWorld(List.of("S...G"), new GridWorld.Rules(0, -1, 5, 0, false));

    @Test void aTimeLimitTruncatesButDoesNotTerminate() {
        var env = new TimeLimit<>(ROAD, 2);
        env.reset(1);
        assertFalse(env.step(2).isOver());
        var last = env.step(2);
        assertTrue(last.truncated() && !last.terminated());
        var enough = new TimeLimit<>(ROAD, 4);
        enough.reset(1);
        for (int i = 0; i < 3; i++) enough.step(2);
        var end = enough.step(2);
        assertTrue(end.terminated() && !end.truncated(), "the world's own end wins");
    }

    @Test void framesStandOneBehindTheOther() {
        var env = new FrameStack<>(ROAD, 2);
        assertArrayEquals(new float[] {1, 0, 0, 0, 0, 1, 0, 0, 0, 0}, env.reset(1));
        assertArrayEquals(new float[] {1, 0, 0, 0, 0, 0, 1, 0, 0, 0}, env.step(2).observation());
        assertArrayEquals(new float[] {0, 1, 0, 0, 0, 0, 0, 1, 0, 0}, env.step(2).observation());
        assertArrayEquals(new long[] {10}, env.observationSpace().shape());
    }

    @Test void partOfAnObservation() {
        var env = new PartOfObservation<>(ROAD, 4, 0);
        assertArrayEquals(new float[] {0, 1}, env.reset(1));
        assertArrayEquals(new float[] {0, 0}, env.step(2).observation());
        assertArrayEquals(new long[] {2}, env.observationSpace().shape());
        assertEquals("PartOfObservation: expected places from 0 to below 5. Received 5.",
                assertThrows(IllegalArgumentException.class, () -> new PartOfObservation<>(ROAD, 5)).getMessage());
    }

    @Test void momentsAreThoseOfAllThatWasSeen() {
        var moments = new RunningMoments(1);
        for (float x : new float[] {1, 2, 4, 9}) moments.add(x);
        assertEquals(4, moments.mean(0), 1e-12); // 16 / 4
        assertEquals(9.5, moments.variance(0), 1e-12); // (9 + 4 + 0 + 25) / 4
        var copy = new RunningMoments(1);
        copy.state(moments.state());
        copy.add(4);
        assertEquals(7.6, copy.variance(0), 1e-12); // 38 / 5
    }

    @Test void observationsGetMean0AndVariance1() {
        var moments = new RunningMoments(4);
        var env = new NormalizeObservation<>(new CartPole(), moments, true);
        double sum = 0, squares = 0;
        for (int i = 0; i < 500; i++) {
            float x = env.reset(i)[0];
            sum += x;
            squares += x * x;
        }
        assertEquals(0, sum / 500, 0.15);
        assertEquals(1, squares / 500, 0.15);
        var use = new NormalizeObservation<>(new CartPole(), moments, false);
        double before = moments.count();
        use.reset(1);
        assertEquals(before, moments.count());
    }

    @Test void rewardsAreDividedByTheDeviationOfTheReturn() {
        var moments = new RunningMoments(1);
        var env = new NormalizeReward<>(ROAD, moments, 0.5);
        env.reset(1);
        env.step(2);
        var second = env.step(2);
        // returns −1 and −1.5: variance 0.0625, deviation 0.25
        assertEquals(-4, second.reward(), 1e-3);
        assertEquals(-1.0, second.info().get("raw_reward"));
    }

    @Test void episodesAreCounted() {
        var env = new EpisodeStatistics<>(ROAD);
        env.reset(1);
        Env.Step step;
        do step = env.step(2); while (!step.isOver());
        assertEquals(new EpisodeStatistics.Episode(1, 4), step.info().get("episode")); // 4 · −1 + 5
        assertEquals(1, env.episodes().size());
    }

    @Test void anEpisodeBecomesAFilm(@TempDir Path folder) throws IOException {
        var env = new Recorder<>(ROAD, folder);
        env.reset(1);
        while (!env.step(2).isOver()) { }
        var reader = ImageIO.getImageReadersByFormatName("gif").next();
        try (var in = ImageIO.createImageInputStream(Files.newInputStream(folder.resolve("episode-000.gif")))) {
            reader.setInput(in);
            assertEquals(5, reader.getNumImages(true));
        }
        var frame = ROAD.render();
        assertEquals(5 * (frame.getWidth() + 4),
                ImageIO.read(folder.resolve("episode-000.png").toFile()).getWidth());
    }

    @Test void everyEnvironmentCanBeSeen() {
        for (String name : Envs.names()) {
            try (Env<?> env = Envs.any(name)) {
                env.reset(1);
                var image = env.render();
                int first = image.getRGB(0, 0);
                boolean any = false;
                for (int x = 0; x < image.getWidth(); x++) {
                    for (int y = 0; y < image.getHeight(); y++) any |= image.getRGB(x, y) != first;
                }
                assertTrue(any, name);
            }
        }
    }
}
