package dev.merapi.play.zero;

import dev.merapi.play.game.ConnectFour;
import dev.merapi.play.game.GameState;
import dev.merapi.play.game.Games;
import dev.merapi.play.game.TicTacToe;
import dev.merapi.play.search.Evaluator;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Runs;
import dev.merapi.recipe.Setup;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Listener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AlphaZeroTest {
    private static final String[] TINY = {"env=tic-tac-toe", "epochs=3", "games=6", "parallel=4", "simulations=8",
        "quick=4", "steps=3", "batch_size=16", "blocks=1", "channels=4", "arena_games=2", "episodes=2", "depth=1",
        "window=2"};

    private static ZeroJob job(String... more) {
        var settings = new ArrayList<>(List.of(TINY));
        settings.addAll(List.of(more));
        return (ZeroJob) Setup.of(new AlphaZeroRecipe(), settings.toArray(String[]::new)).job();
    }


    @Test void aRunThatWasStoppedEndsWithTheSameBits(@TempDir Path folder) throws Exception {
        long before = Scope.live();
        Path whole = folder.resolve("whole"), parts = folder.resolve("parts");
        try (var job = job()) {
            job.fit(whole);
        }
        for (int stop : new int[] {2, 3, 7}) { // in the first round, at its end, in the third
            try (Job<?> job = Files.exists(parts) ? Runs.resume(parts) : job()) {
                var trainer = job.trainer();
                trainer.listen(new Listener() {
                    @Override public void step(Step step) { if (step.step() == stop) trainer.stop(); }
                });
                if (Files.exists(parts)) job.fit();
                else job.fit(parts);
            }
        }
        try (var job = Runs.resume(parts)) {
            job.fit();
        }
        assertArrayEquals(tensors(whole), tensors(parts));
        assertEquals(before, Scope.live());
    }

    private static byte[] tensors(Path run) throws Exception {
        try (var files = Files.list(run.resolve("checkpoints"))) {
            return Files.readAllBytes(files.sorted().toList().getLast().resolve("model.safetensors"));
        }
    }

    @Test void aRunIsOpenedAndAsked(@TempDir Path folder) {
        Path run = folder.resolve("run");
        try (var job = job("arena_games=0")) {
            var values = job.fit(run).last().values();
            assertEquals(3, values.get("promotions"));
            assertTrue(values.get("points") >= 0 && values.get("points") <= 1);
            assertEquals(job.evaluate().get("points"), values.get("points"));
        }
        try (var model = Predictor.open(run).as(String.class, ZeroPredictor.Advice.class)) {
            var advice = model.predict("b2 a1");
            assertEquals(7, advice.shares().size());
            assertEquals(1, advice.shares().values().stream().mapToDouble(share -> share).sum(), 1e-9);
            assertTrue(model.ask("", 1).matches("[abc][123], value -?[01]\\.\\d\\d"), model.ask("", 1));
            assertEquals("move: expected one of b1 c1 a2 b2 c2 a3 b3 c3. Received a1.",
                    assertThrows(IllegalArgumentException.class, () -> model.parse("a1 a1")).getMessage());
            assertEquals("moves: expected a game that is not over. Received a1 b1 a2 b2 a3.",
                    assertThrows(IllegalArgumentException.class, () -> model.predict("a1 b1 a2 b2 a3")).getMessage());
        }
    }

    @Test void gamesAreLearntTurnedFromBothSides() {
        var visits = new int[] {0, 0, 0, 0, 3, 0, 0, 0, 1};
        var game = new PlayedGame(List.of(0, 4, 1, 8, 2), List.of(new int[0], visits, new int[0], new int[0],
                new int[0]), List.of(0f, -0.5f, 0f, 0f, 0f), 1);
        var sample = game.samples(TicTacToe.START, 0).getFirst();
        assertEquals(1, game.samples(TicTacToe.START, 0).size());
        assertArrayEquals(new float[] {0, 0, 0, 0, 0.75f, 0, 0, 0, 0.25f}, sample.policy());
        assertEquals(-1, sample.value()); // O was to move, X won
        assertEquals(-0.875f, game.samples(TicTacToe.START, 0.25).getFirst().value());
        assertEquals(1, sample.planes()[9]); // the opponent's a1
        assertEquals(0, sample.planes()[0]);
    }

    @Test void selfPlayFollowsFromItsSeedAndSearchesWhatItLearns() {
        Evaluator nothing = states -> states.stream()
                .map(state -> new Evaluator.Estimate(new float[state.spec().moves()], 0)).toList();
        var config = ZeroConfigs.of(TINY);
        var games = new SelfPlay(config, nothing).play(6, 1);
        assertEquals(games.stream().map(PlayedGame::moves).toList(),
                new SelfPlay(config, nothing).play(6, 1).stream().map(PlayedGame::moves).toList());
        assertFalse(games.getFirst().moves().equals(games.getLast().moves()));
        int learnt = 0;
        for (var game : games) {
            GameState state = TicTacToe.START;
            for (int move : game.moves()) state = state.play(move);
            assertTrue(state.isOver());
            assertEquals(state.payoff(), game.payoff());
            for (int[] visits : game.visits()) if (visits.length > 0) learnt++;
        }
        assertTrue(learnt > 5, "" + learnt);
    }

    @Test void gamesMayBeginAtRandom() {
        Evaluator nothing = states -> states.stream()
                .map(state -> new Evaluator.Estimate(new float[state.spec().moves()], 0)).toList();
        var config = ZeroConfigs.of("env=connect-four", "opening=3", "learnt=1", "simulations=4", "drawn=0");
        var lengths = new int[4]; // games by moves that are not learnt from
        for (var game : new SelfPlay(config, nothing).play(40, 1)) {
            int random = 0;
            while (game.visits().get(random).length == 0) random++;
            lengths[random]++;
            assertTrue(game.visits().stream().skip(random).allMatch(visits -> visits.length == 7));
        }
        for (int games : lengths) assertTrue(games > 2, Arrays.toString(lengths));
    }

    /** The network is asked the same in use as in training. */
    @Test void batchesGiveWhatSinglePositionsGive() {
        Torch.seed(1);
        try (var net = new PolicyValueNet(ConnectFour.START.spec(), 2, 8); var _ = Scope.open()) {
            net.blocks.forEach(block -> block.second.params().values().forEach(p -> {
                try (var _ = Torch.noGrad()) {
                    p.uniform_(-0.1, 0.1);
                }
            }));
            var random = new SplittableRandom(1);
            var states = new ArrayList<GameState>();
            for (int i = 0; i < 5; i++) {
                GameState state = ConnectFour.START;
                for (int m = 0; m < i; m++) state = state.play(random.nextInt(7));
                states.add(state);
            }
            var evaluator = new NetEvaluator(net);
            var together = evaluator.evaluate(states);
            for (int i = 0; i < states.size(); i++) {
                var planes = new float[states.get(i).spec().inputs()];
                states.get(i).planes(planes, 0);
                var answer = net.forward(Tensor.of(planes, 1, 3, 6, 7));
                assertArrayEquals(answer.policy().toFloats(), together.get(i).logits(), 1e-5f);
                assertEquals(answer.value().item(), together.get(i).value(), 1e-5);
            }
        }
        assertArrayEquals(new int[] {1, 2, 4, 4, 8, 32, 64, 64, 96},
                List.of(1, 2, 3, 4, 5, 32, 33, 64, 65).stream().mapToInt(NetEvaluator::rows).toArray());
    }

    /** Worked out by hand: uniform logits over 9 moves cost log 9, a value of 0 against 1 costs 1. */
    @Test void theLossIsCrossEntropyAndSquaredError() {
        var config = ZeroConfigs.of(TINY);
        try (var model = new ZeroModel(TicTacToe.START.spec(), 1, 4); var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.learner.params().values().forEach(Tensor::zero_);
            var policy = new float[18];
            policy[0] = policy[9] = 0.5f;
            policy[4] = policy[13] = 0.5f;
            var loss = new ZeroTask(config, model).forward(new ZeroBatch.Positions(Tensor.zeros(2, 2, 3, 3),
                    Tensor.of(policy, 2, 9), Tensor.of(new float[] {1, -1}, 2)));
            assertEquals(Math.log(9) + 1, loss.loss().item(), 1e-5);
            assertEquals(2, loss.weight());
        }
    }

    @Test void settingsAreChecked() {
        assertEquals("alphazero: env: expected one of tic-tac-toe, connect-four, gomoku, othello, go. Received chess.",
                assertThrows(IllegalArgumentException.class, () -> Recipes.named("alphazero").job("env=chess"))
                        .getMessage());
        assertEquals("alphazero: learnt: expected a share above 0, at most 1. Received 0.0.",
                assertThrows(IllegalArgumentException.class, () -> Recipes.named("alphazero").job("learnt=0"))
                        .getMessage());
        for (String env : Games.NAMES) {
            var filled = ZeroConfigs.of("env=" + env);
            assertEquals(env, filled.start().spec().name());
            assertTrue(filled.simulations() > filled.quick() && filled.quick() > 0);
        }
    }

    @Test void damagedGamesAreNamed(@TempDir Path folder) throws Exception {
        var files = new GameFiles(2);
        files.folder(folder);
        files.save(0, List.of(new PlayedGame(List.of(0), List.of(new int[] {1}), List.of(0f), 0)));
        var again = new GameFiles(2);
        again.folder(folder);
        assertEquals(List.of(0), again.of(0).getFirst().moves());
        Path file = folder.resolve("games").resolve("00000.jsonl");
        Files.writeString(file, "{");
        var third = new GameFiles(2);
        third.folder(folder);
        assertEquals(file + ": expected the games of a round, a line of JSON each. Received a file that is damaged or"
                + " not there; begin the run anew.",
                assertThrows(IllegalArgumentException.class, () -> third.of(0)).getMessage());
    }

    /** Settings with the game's in the place of zeros. */
    private static final class ZeroConfigs {
        static ZeroConfig of(String... settings) {
            return Setup.of(new AlphaZeroRecipe(), settings).settings().filled();
        }
    }
}
