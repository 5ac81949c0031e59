package dev.merapi.play.search;

import dev.merapi.play.game.GameState;
import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Games between two players, all played at once. Each begins with some random moves, so that players without chance do
 * not play the same game again; two games share a beginning, in which each player is first once.
 *
 * @param games how many; even
 * @param openingMoves random ones at the beginning
 */
public record Match(GameState start, int games, int openingMoves, long seed) {
    public Match {
        Expect.that(games >= 2 && games % 2 == 0, "Match.games", "an even number from 2 on", games);
        Expect.atLeast("Match.openingMoves", 0, openingMoves);
    }

    /** Games by how they ended for one of the players. */
    public record Score(int won, int drawn, int lost) {
        /** Games. */
        public int games() { return won + drawn + lost; }

        /** Points of a game on average: 1 for a win, a half for a draw. */
        public double mean() { return (won + 0.5 * drawn) / games(); }

        @Override public String toString() { return won + " won, " + drawn + " drawn, " + lost + " lost"; }
    }

    /** How the games end for the first of two players. */
    public Score play(Player one, Player other) {
        var states = new GameState[games];
        for (int pair = 0; pair < games / 2; pair++) {
            var opening = opening(new SplittableRandom(seed * 1_000_003 + pair));
            states[2 * pair] = opening;
            states[2 * pair + 1] = opening;
        }
        while (move(states, one, 0) | move(states, other, 1)) { } // neither is left out
        int won = 0, drawn = 0;
        for (int game = 0; game < games; game++) {
            double payoff = game % 2 == 0 ? states[game].payoff() : -states[game].payoff();
            if (payoff > 0) won++;
            else if (payoff == 0) drawn++;
        }
        return new Score(won, drawn, games - won - drawn);
    }

    /** In game 0, 2, … player 0 is {@code side} 0, in the others side 1. @return whether there was anything to move */
    private boolean move(GameState[] states, Player player, int side) {
        int[] open = IntStream.range(0, games)
                .filter(game -> !states[game].isOver() && (states[game].player() + game) % 2 == side).toArray();
        if (open.length == 0) return false;
        var asked = new ArrayList<GameState>();
        for (int game : open) asked.add(states[game]);
        int[] moves = player.moves(asked);
        for (int i = 0; i < open.length; i++) states[open[i]] = states[open[i]].play(moves[i]);
        return true;
    }

    /** A position after the random moves in which the game goes on. */
    private GameState opening(SplittableRandom random) {
        while (true) {
            GameState state = start;
            for (int i = 0; i < openingMoves && !state.isOver(); i++) {
                int[] legal = state.legal();
                state = state.play(legal[random.nextInt(legal.length)]);
            }
            if (!state.isOver()) return state;
        }
    }
}
