package dev.merapi.play.search;

import dev.merapi.play.game.GameState;
import dev.merapi.tensor.Expect;

/** Plays games of one against chance: looks some of its own moves ahead and takes the mean over what chance may do. */
public final class Expectimax implements Player {
    private final int depth;

    /** @param depth own moves that it looks ahead */
    public Expectimax(int depth) {
        Expect.atLeast("Expectimax.depth", 1, depth);
        this.depth = depth;
    }

    @Override public int move(GameState state) {
        int best = -1;
        double most = Double.NEGATIVE_INFINITY;
        for (int move : state.legal()) {
            double value = value(state.play(move), depth - 1);
            if (value <= most) continue;
            most = value;
            best = move;
        }
        return best;
    }

    private double value(GameState state, int depth) {
        double mean = 0;
        for (var outcome : state.outcomes()) mean += outcome.probability() * value(outcome.state(), depth);
        if (state.player() == GameState.CHANCE) return mean;
        if (state.isOver()) return state.payoff();
        if (depth == 0) return state.payoff() + state.estimate();
        double most = Double.NEGATIVE_INFINITY;
        for (int move : state.legal()) most = Math.max(most, value(state.play(move), depth - 1));
        return most;
    }
}
