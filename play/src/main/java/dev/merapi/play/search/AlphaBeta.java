package dev.merapi.play.search;

import dev.merapi.play.game.GameState;
import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Looks a number of moves ahead and believes {@link GameState#estimate} where it stops; deep enough, it plays
 * perfectly. Of equally good moves it plays one at random, of wins the quickest, of losses the slowest. Moves that cut
 * often are tried first, positions that come again are looked up. Knuth and Moore 1975, An Analysis of Alpha-Beta
 * Pruning.
 */
public final class AlphaBeta implements Player {
    private static final double WIN = 1000; // beyond all estimates
    private static final double LESS = 1e-9; // below what two different estimates differ by

    private final int depth;
    private final SplittableRandom random;
    private Map<GameState, Found> found = Map.of();
    private long[] cuts = {}; // how often each move has cut, by how deep

    /**
     * What a search gave of a position.
     *
     * @param best the best move, or the one that cut
     */
    private record Found(int depth, double value, Bound bound, int best) {}

    private enum Bound { EXACT, AT_LEAST, AT_MOST }

    /** @param depth moves that it looks ahead */
    public AlphaBeta(int depth, long seed) {
        Expect.atLeast("AlphaBeta.depth", 1, depth);
        this.depth = depth;
        random = new SplittableRandom(seed);
    }

    @Override public int move(GameState state) {
        var best = best(state);
        return best.get(random.nextInt(best.size()));
    }

    /** The moves that are equally good, and better than all others. */
    public List<Integer> best(GameState state) {
        begin(state);
        var best = new ArrayList<Integer>();
        double value = Double.NEGATIVE_INFINITY;
        for (int move : state.legal()) {
            double next = after(state, move, depth, value - LESS, Double.POSITIVE_INFINITY);
            if (next > value) best.clear();
            if (next < value) continue;
            value = next;
            best.add(move);
        }
        return best;
    }

    /**
     * What a position is worth to who is to move, as far as it is looked ahead: an estimate, or beyond ±1000 where one
     * side wins.
     */
    public double value(GameState state) {
        begin(state);
        return value(state, depth, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    private void begin(GameState state) {
        Expect.that(state.outcomes().isEmpty() && state.player() != GameState.CHANCE, "AlphaBeta",
                "a game without chance; Expectimax plays those", state.spec().name());
        found = new HashMap<>();
        cuts = new long[state.spec().moves()];
    }

    private double after(GameState state, int move, int depth, double alpha, double beta) {
        var next = state.play(move);
        return next.player() == state.player() ? value(next, depth - 1, alpha, beta)
                : -value(next, depth - 1, -beta, -alpha);
    }

    private double value(GameState state, int depth, double alpha, double beta) {
        if (state.isOver()) {
            double won = state.player() == 0 ? state.payoff() : -state.payoff();
            return won * (WIN + depth); // the sooner the better
        }
        if (depth == 0) return state.estimate();
        var known = found.get(state);
        if (known != null && known.depth == depth && (known.bound == Bound.EXACT
                || known.bound == Bound.AT_LEAST && known.value >= beta
                || known.bound == Bound.AT_MOST && known.value <= alpha)) {
            return known.value;
        }
        double best = Double.NEGATIVE_INFINITY, least = alpha;
        int[] moves = state.legal();
        order(moves, known == null ? -1 : known.best);
        int bestMove = moves[0];
        for (int move : moves) {
            double next = after(state, move, depth, least, beta);
            if (next > best) {
                best = next;
                bestMove = move;
            }
            least = Math.max(least, best);
            if (least >= beta) {
                cuts[move] += (long) depth * depth;
                break;
            }
        }
        var bound = best >= beta ? Bound.AT_LEAST : best <= alpha ? Bound.AT_MOST : Bound.EXACT;
        found.put(state, new Found(depth, best, bound, bestMove));
        return best;
    }

    /** The best of before first, then by how often moves have cut; few enough for insertion. */
    private void order(int[] moves, int first) {
        for (int i = 1; i < moves.length; i++) {
            int move = moves[i], j = i;
            for (; j > 0 && worth(moves[j - 1], first) < worth(move, first); j--) {
                moves[j] = moves[j - 1];
            }
            moves[j] = move;
        }
    }

    private long worth(int move, int first) { return move == first ? Long.MAX_VALUE : cuts[move]; }
}
