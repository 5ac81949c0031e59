package dev.merapi.play.zero;

import dev.merapi.play.game.ConnectFour;
import dev.merapi.play.game.GameState;
import dev.merapi.play.game.TicTacToe;
import dev.merapi.play.search.AlphaBeta;
import dev.merapi.play.search.Evaluator;
import dev.merapi.play.search.Match;
import dev.merapi.play.search.SearchOptions;
import dev.merapi.play.search.TreeSearch;
import dev.merapi.recipe.Runs;
import dev.merapi.recipe.Setup;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Torch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@Tag("proof")
class AlphaZeroProofTest {
    private static final String[] SETTINGS = {"env=tic-tac-toe", "bfloat16=true", "precision=bfloat16", "arena_games=0",
        "episodes=2"};

    @Test void ticTacToeIsNeverLostToPerfectPlay(@TempDir Path folder) {
        Path run = folder.resolve("run");
        try (var job = Setup.of(new AlphaZeroRecipe(), SETTINGS).job()) {
            job.fit(run);
        }
        try (var job = (ZeroJob) Runs.open(run)) {
            var score = new Match(TicTacToe.START, 1000, 0, 1).play(job.player(0), new AlphaBeta(9, 1));
            System.out.println("tic-tac-toe against perfect play: " + score);
            assertEquals(0, score.lost());
        }
    }

    /** Of the run in the folder that -Dconnect-four names: merapi train alphazero env=connect-four bfloat16=true. */
    @Test void connectFourBeatsAlphaBeta() {
        String folder = System.getProperty("connect-four", "");
        assumeTrue(Files.exists(Path.of(folder, "model.safetensors")), "no run: -Dconnect-four=<folder of a run>");
        try (var job = (ZeroJob) Runs.open(Path.of(folder))) {
            int simulations = Integer.getInteger("simulations", 0);
            var match = new Match(ConnectFour.START, 200, 2, 2026);
            var four = match.play(job.player(simulations), new AlphaBeta(4, 1));
            System.out.println("Connect Four against alpha-beta of depth 4: " + four);
            var six = match.play(job.player(simulations), new AlphaBeta(6, 1));
            System.out.println("Connect Four against alpha-beta of depth 6: " + six);
            assertTrue(four.won() >= 160, four.toString());
            assertTrue(six.won() >= 110, six.toString());
        }
    }

    /** A search of 128 games at once, and one with 32 leaves at once, against one position after the other. */
    @Test void manyPositionsAtOnceAreFaster() {
        Torch.seed(1);
        var filled = Setup.of(new AlphaZeroRecipe(), "env=connect-four").settings().filled();
        try (var net = new PolicyValueNet(ConnectFour.START.spec(), filled.blocks(), filled.channels())) {
            double alone = 0, together = 0; // the faster of the two types
            for (var type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
                var evaluator = new NetEvaluator(net, type);
                double one = rate(evaluator, 1, 1), leaves = rate(evaluator, 1, 32), games = rate(evaluator, 128, 1);
                System.out.printf("simulations/s in %s: %.0f one by one, %.0f with 32 leaves, %.0f of 128 games%n",
                        type, one, leaves, games);
                alone = Math.max(alone, one);
                together = Math.max(together, games);
            }
            assertTrue(together >= 4 * alone, together + " / " + alone);
        }
    }

    /** Simulations per second, the best of five. */
    private static double rate(Evaluator evaluator, int games, int leaves) {
        var random = new SplittableRandom(1);
        var states = new ArrayList<GameState>();
        for (int i = 0; i < games; i++) {
            GameState state = ConnectFour.START;
            for (int m = 0; m < 4; m++) state = state.play(random.nextInt(7));
            states.add(state);
        }
        int simulations = games == 1 ? 400 : 50;
        var player = new TreeSearch(evaluator, SearchOptions.DEFAULT, simulations, leaves);
        double best = 0;
        for (int i = 0; i < 6; i++) {
            long begin = System.nanoTime();
            player.moves(states);
            if (i > 0) best = Math.max(best, games * simulations / ((System.nanoTime() - begin) / 1e9));
        }
        return best;
    }
}
