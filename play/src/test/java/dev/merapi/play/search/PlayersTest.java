package dev.merapi.play.search;

import dev.merapi.play.game.ConnectFour;
import dev.merapi.play.game.Game2048;
import dev.merapi.play.game.GameState;
import dev.merapi.play.game.Othello;
import dev.merapi.play.game.TicTacToe;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PlayersTest {
    private static GameState after(GameState state, String moves) {
        for (String move : moves.split(" ")) state = state.play(state.parse(move));
        return state;
    }

    /** Plain minimax, without all that makes alpha-beta quick. */
    private static double minimax(GameState state, int depth) {
        if (state.isOver()) return (state.player() == 0 ? 1 : -1) * state.payoff() * (1000 + depth);
        if (depth == 0) return state.estimate();
        double best = Double.NEGATIVE_INFINITY;
        for (int move : state.legal()) best = Math.max(best, -minimax(state.play(move), depth - 1));
        return best;
    }

    private static GameState random(GameState state, SplittableRandom random, int moves) {
        for (int i = 0; i < moves && !state.isOver(); i++) {
            int[] legal = state.legal();
            state = state.play(legal[random.nextInt(legal.length)]);
        }
        return state;
    }

    @Test void alphaBetaFindsWhatMinimaxFinds() {
        var random = new SplittableRandom(5);
        for (int i = 0; i < 60; i++) {
            var start = List.of(ConnectFour.START, Othello.START, TicTacToe.START).get(i % 3);
            var state = random(start, random, random.nextInt(30));
            if (state.isOver()) continue;
            assertEquals(minimax(state, 4), new AlphaBeta(4, 1).value(state), state.toString());
            var best = new HashSet<Integer>();
            for (int move : state.legal()) {
                if (-minimax(state.play(move), 3) == minimax(state, 4)) best.add(move);
            }
            assertEquals(best, Set.copyOf(new AlphaBeta(4, 1).best(state)), state.toString());
        }
    }

    @Test void alphaBetaNeverLosesTicTacToe() {
        var match = new Match(TicTacToe.START, 100, 0, 1);
        assertEquals(new Match.Score(0, 100, 0), match.play(new AlphaBeta(9, 1), new AlphaBeta(9, 2)));
        assertEquals(0, match.play(new AlphaBeta(9, 1), new RandomPlayer(2)).lost());
    }

    @Test void threatsAreSeen() {
        GameState win = after(ConnectFour.START, "1 2 1 2 1 2");
        GameState threat = after(ConnectFour.START, "1 2 1 2 1");
        for (Player player : List.of(new AlphaBeta(2, 1), new Uct(2000, 1))) {
            assertEquals(0, player.move(win));
            assertEquals(0, player.move(threat));
        }
    }

    @Test void strongerPlayersWin() {
        var match = new Match(ConnectFour.START, 20, 2, 1);
        assertTrue(match.play(new AlphaBeta(3, 1), new RandomPlayer(1)).won() >= 18);
        assertTrue(match.play(new Uct(200, 1), new RandomPlayer(1)).won() >= 18);
        assertTrue(match.play(new RandomPlayer(1), new AlphaBeta(3, 1)).lost() >= 18);
    }

    /** A random player makes about 1,100 points, of tiles of 64 to 128. */
    @Test void expectimaxBringsTilesTogether() {
        var random = new SplittableRandom(2);
        var player = new Expectimax(1);
        Game2048 state = Game2048.start(random);
        while (!state.isOver()) state = state.play(player.move(state)).draw(random);
        assertTrue(state.greatest() >= 512, state.toString());
        var chance = state;
        assertEquals("AlphaBeta: expected a game without chance; Expectimax plays those. Received 2048.",
                assertThrows(IllegalArgumentException.class, () -> new AlphaBeta(2, 1).move(
                        new Game2048(chance.board(), 0, GameState.CHANCE))).getMessage());
    }

    /** Remembers what it was asked, and plays anything. */
    private record Recorder(Player player, List<GameState> asked) implements Player {
        @Override public int move(GameState state) {
            asked.add(state);
            return player.move(state);
        }
    }

    @Test void matchesShareTheirBeginnings() {
        var first = new Recorder(new RandomPlayer(4), new ArrayList<>());
        var second = new Recorder(new RandomPlayer(3), new ArrayList<>());
        assertEquals(4, new Match(ConnectFour.START, 4, 3, 7).play(first, second).games());
        // the first is asked in games 1 and 3, the second then in all of them, in two of which it had no reply to await
        assertEquals(first.asked.subList(0, 2), List.of(second.asked.get(0), second.asked.get(2)));
        assertEquals(2, Set.copyOf(first.asked.subList(0, 2)).size());
        assertEquals("Match.games: expected an even number from 2 on. Received 3.",
                assertThrows(IllegalArgumentException.class, () -> new Match(TicTacToe.START, 3, 0, 1)).getMessage());
        assertEquals(0.625, new Match.Score(2, 1, 1).mean());
        assertEquals("2 won, 1 drawn, 1 lost", new Match.Score(2, 1, 1).toString());
    }
}
