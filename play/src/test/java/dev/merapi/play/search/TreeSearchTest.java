package dev.merapi.play.search;

import dev.merapi.play.game.ConnectFour;
import dev.merapi.play.game.GameState;
import dev.merapi.play.game.Othello;
import dev.merapi.play.game.TicTacToe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TreeSearchTest {
    /** Knows nothing: all moves alike, nobody ahead. */
    private static final Evaluator NOTHING = states -> states.stream()
            .map(state -> new Evaluator.Estimate(new float[state.spec().moves()], 0)).toList();

    private static GameState after(GameState state, String moves) {
        for (String move : moves.split(" ")) state = state.play(state.parse(move));
        return state;
    }

    @Test void winsAreFoundAndThreatsMet() {
        for (int leaves : new int[] {1, 8}) {
            var player = new TreeSearch(NOTHING, SearchOptions.DEFAULT, 400, leaves);
            assertEquals(0, player.move(after(ConnectFour.START, "1 2 1 2 1 2")));
            assertEquals(0, player.move(after(ConnectFour.START, "1 2 1 2 1")));
            assertTrue(player.search(after(ConnectFour.START, "1 2 1 2 1 2")).value() > 0.8);
            assertTrue(player.search(after(ConnectFour.START, "4 1 4 1 4")).value() < 0.1);
        }
    }

    @Test void enoughSimulationsDoNotLoseTicTacToe() {
        var player = new TreeSearch(NOTHING, SearchOptions.DEFAULT, 800, 4);
        for (int first = 0; first < 9; first++) {
            var perfect = new AlphaBeta(9, first);
            GameState state = TicTacToe.START.play(first);
            while (!state.isOver()) state = state.play((state.player() == 0 ? player : perfect).move(state));
            assertEquals(0, state.payoff(), state.toString());
        }
    }

    /**
     * Worked out by hand, with c = 1 and an evaluator that says P = (1/2, 1/2) and v = 0.4 for every position of a game
     * of two moves. Untried moves are worth v̄ - 0.25: the first simulation takes move 0 (0.15 + 0.5 √1 for both),
     * whose result is -0.4. Then move 1: Q + U is -0.4 + 0.25 against (0.4 - 0.4) / 2 - 0.25 + 0.5. Then both are
     * alike, and move 0 is tried again.
     */
    @Test void movesAreTriedByTheFormula() {
        Evaluator evaluator = states -> states.stream()
                .map(state -> new Evaluator.Estimate(new float[state.spec().moves()], 0.4)).toList();
        GameState two = after(TicTacToe.START, "a1 b1 c1 b2 a2 c2 b3"); // a3 and c3 are left
        var tree = new SearchTree(two, new SearchOptions(1, 1, 0));
        tree.judged(tree.rootLeaf(), evaluator.evaluate(List.of(two)).getFirst());
        assertEquals(0.4, tree.value());
        var tried = new ArrayList<String>();
        for (int i = 0; i < 2; i++) {
            var leaf = tree.simulate();
            tried.add(leaf.state().toString().substring(leaf.state().toString().indexOf(" 3")));
            tree.judged(leaf, evaluator.evaluate(List.of(leaf.state())).getFirst());
        }
        assertEquals(List.of(" 3 O X .", " 3 . X O"), tried);
        assertEquals((0.4 - 0.4 - 0.4) / 3, tree.value(), 1e-12);
        assertNull(tree.simulate(), "a3 c3 ends the game: nothing to judge");
        assertEquals(3, tree.simulations());
        assertArrayEquals(new int[] {0, 0, 0, 0, 0, 0, 2, 0, 1}, tree.visits());
    }

    /** Where the moves behind a position show how it ends, its value is that, and no longer a mean of guesses. */
    @Test void whatIsKnownIsNotGuessed() {
        var player = new TreeSearch(NOTHING, SearchOptions.DEFAULT, 100, 1);
        assertEquals(1, player.search(after(TicTacToe.START, "a1 b1 a2 c2")).value(), "a3 wins");
        var fork = player.search(after(TicTacToe.START, "a1 b1 a2 a3")); // b2 threatens c2 and c3
        assertEquals(1, fork.value());
        assertEquals("b2", TicTacToe.START.name(fork.best()));
        var lost = player.search(after(TicTacToe.START, "a1 b1 a2 a3 b2"));
        assertEquals(-1, lost.value());
        var drawn = player.search(after(TicTacToe.START, "b2 a1 a2 c2 b1 b3 a3 c1"));
        assertEquals(0, drawn.value());
    }

    @Test void positionsThatWaitAreLeftAlone() {
        var tree = new SearchTree(ConnectFour.START, SearchOptions.DEFAULT);
        tree.judged(tree.rootLeaf(), NOTHING.evaluate(List.of(tree.state())).getFirst());
        var leaves = new ArrayList<SearchTree.Leaf>();
        for (int i = 0; i < 7; i++) leaves.add(tree.simulate());
        assertEquals(7, leaves.stream().map(SearchTree.Leaf::state).distinct().count()); // virtual loss
        assertNull(tree.simulate());
        assertEquals(0, tree.simulations());
        for (var leaf : leaves) tree.judged(leaf, NOTHING.evaluate(List.of(leaf.state())).getFirst());
        assertEquals(7, tree.simulations());
        assertArrayEquals(new int[] {1, 1, 1, 1, 1, 1, 1}, tree.visits());
    }

    @Test void whatWasFoundOutStaysBehindAMove() {
        var tree = new TreeSearch(NOTHING, SearchOptions.DEFAULT, 300, 4).search(Othello.START);
        int best = tree.best(), visits = tree.visits()[best];
        tree.play(best);
        assertEquals(visits - 1, tree.simulations()); // the first of them judged the new root
        assertEquals(Othello.START.play(best), tree.state());
    }

    /** Mean α / Σα and variance of a component of Dirichlet's distribution, m (1 - m) / (Σα + 1). */
    @Test void noiseIsDirichlets() {
        var random = new SplittableRandom(1);
        double alpha = 0.5, sum = 0, squares = 0;
        int draws = 20_000, count = 5;
        for (int i = 0; i < draws; i++) {
            var noise = Dirichlet.sample(count, alpha, random);
            assertEquals(1, Arrays.stream(noise).sum(), 1e-9);
            sum += noise[0];
            squares += noise[0] * noise[0];
        }
        double mean = sum / draws;
        assertEquals(0.2, mean, 0.006);
        assertEquals(0.2 * 0.8 / 3.5, squares / draws - mean * mean, 0.003);
    }

    @Test void knownPositionsAreNotAskedAboutAgain() {
        var asked = new ArrayList<GameState>();
        var cached = new CachedEvaluator(states -> {
            asked.addAll(states);
            return NOTHING.evaluate(states);
        }, 2);
        var one = ConnectFour.START.play(1);
        var two = ConnectFour.START.play(2);
        assertEquals(3, cached.evaluate(List.of(one, two, one)).size());
        cached.evaluate(List.of(two, one));
        assertEquals(List.of(one, two), asked);
        cached.evaluate(List.of(ConnectFour.START)); // the oldest is forgotten
        cached.evaluate(List.of(one));
        assertEquals(List.of(one, two, ConnectFour.START, one), asked);
    }
}
