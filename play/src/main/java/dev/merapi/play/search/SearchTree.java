package dev.merapi.play.search;

import dev.merapi.play.game.GameState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What a search has found out of a position. A simulation follows, from the root on, the move of the greatest
 * Q + c P √N / (1 + n): its mean result, and more for moves in which the evaluator believes (P) and that were tried
 * little; where it comes to a new position, the evaluator judges it, and all moves on the way count what it said.
 * Silver et al. 2018, A general reinforcement learning algorithm that masters chess, shogi, and Go.
 *
 * <p>Several positions can be on their way to the evaluator: until it has answered, the moves to them count as lost
 * (virtual loss), so that the next simulation looks elsewhere.
 *
 * <p>Where a move ends the game as its player wishes, or all moves are known to end it, the position is known too, and
 * not searched further; a move that is known to lose is not taken. Winands, Björnsson and Saito 2008, Monte-Carlo Tree
 * Search Solver.
 */
public final class SearchTree {
    private static final double UNTRIED = 0.25; // how much worse than its position an untried move is taken to be

    private static final double WON = 1;

    private final SearchOptions options;
    private Node root;

    /** A position. Numbers by move are in the order of its legal moves, and for who is to move there. */
    private static final class Node {
        final GameState state;
        final int[] moves;
        final int[] visits;
        final int[] waiting; // simulations that have not ended
        final double[] totals;
        final Node[] children;
        double[] priors; // null: not judged yet
        double value; // as judged
        double total;
        int visited;
        double payoff; // for the first player, once it is known how the game ends from here; NaN before
        boolean asked; // the evaluator

        Node(GameState state) {
            this.state = state;
            moves = state.legal();
            visits = new int[moves.length];
            waiting = new int[moves.length];
            totals = new double[moves.length];
            children = new Node[moves.length];
            payoff = moves.length == 0 ? state.payoff() : Double.NaN;
        }

        boolean isKnown() { return !Double.isNaN(payoff); }

        /** A payoff as who is to move here sees it. */
        double seen(double payoff) { return state.player() == 0 ? payoff : -payoff; }

        /** What a move is known to bring who is to move; NaN where it is not. */
        double outcome(int move) { return children[move] == null ? Double.NaN : seen(children[move].payoff); }

        /** Looks whether the moves tell how the game ends. */
        boolean conclude() {
            double most = Double.NEGATIVE_INFINITY;
            boolean all = true;
            for (int i = 0; i < moves.length; i++) {
                double outcome = outcome(i);
                if (Double.isNaN(outcome)) all = false;
                else most = Math.max(most, outcome);
            }
            if (most == WON || all) payoff = seen(most);
            return isKnown();
        }
    }

    private record Step(Node node, int move) {}

    /** A simulation that has come to a position that is to be judged. */
    public static final class Leaf {
        private final List<Step> path;
        private final Node node;

        private Leaf(List<Step> path, Node node) {
            this.path = path;
            this.node = node;
        }

        /** The position. */
        public GameState state() { return node.state; }
    }

    public SearchTree(GameState state, SearchOptions options) {
        this.options = options;
        root = new Node(state);
    }

    /** The position at the root. */
    public GameState state() { return root.state; }

    /** Simulations from the root on, also from before it was the root. */
    public int simulations() { return root.visited; }

    /** Whether the root has been judged: before, no simulation can begin. */
    public boolean isOpen() { return root.priors != null; }

    /** The root as a position to be judged. */
    public Leaf rootLeaf() { return new Leaf(List.of(), root); }

    /**
     * Runs a simulation until something is to be judged.
     *
     * @return null if nothing is: the game ended there, or the position has been asked about already
     */
    public Leaf simulate() {
        var path = new ArrayList<Step>();
        Node node = root;
        while (node.priors != null) {
            int best = best(node);
            path.add(new Step(node, best));
            node.waiting[best]++;
            if (node.children[best] == null) node.children[best] = new Node(node.state.play(node.moves[best]));
            node = node.children[best];
            if (node.isKnown()) {
                int last = path.size() - 1;
                while (last >= 0 && path.get(last).node.conclude()) last--;
                backUp(path, node.payoff);
                return null;
            }
        }
        if (node.asked) {
            for (var step : path) step.node.waiting[step.move]--;
            return null;
        }
        node.asked = true;
        return new Leaf(path, node);
    }

    private int best(Node node) {
        int tried = node.visited;
        for (int waiting : node.waiting) tried += waiting;
        double most = Double.NEGATIVE_INFINITY, scale = options.exploration() * Math.sqrt(Math.max(1, tried));
        double untried = (node.value + node.total) / (node.visited + 1) - UNTRIED;
        int best = 0;
        for (int i = 0; i < node.moves.length; i++) {
            int n = node.visits[i] + node.waiting[i];
            double mean = n == 0 ? untried : (node.totals[i] - node.waiting[i]) / n, known = node.outcome(i);
            double worth = Double.isNaN(known) ? mean + scale * node.priors[i] / (1 + n)
                    : known < 0 ? known - WON : known; // a loss if there is nothing else
            if (worth <= most) continue;
            most = worth;
            best = i;
        }
        return best;
    }

    /** Takes in what the evaluator thinks of a leaf. */
    public void judged(Leaf leaf, Evaluator.Estimate estimate) {
        var node = leaf.node;
        node.priors = new double[node.moves.length];
        double most = Double.NEGATIVE_INFINITY, sum = 0;
        for (int move : node.moves) most = Math.max(most, estimate.logits()[move]);
        for (int i = 0; i < node.priors.length; i++) {
            sum += node.priors[i] = Math.exp(estimate.logits()[node.moves[i]] - most);
        }
        for (int i = 0; i < node.priors.length; i++) node.priors[i] /= sum;
        node.value = estimate.value();
        backUp(leaf.path, node.seen(node.value));
    }

    /** @param payoff for the first player */
    private static void backUp(List<Step> path, double payoff) {
        for (var step : path) {
            double won = step.node.seen(payoff);
            step.node.waiting[step.move]--;
            step.node.visits[step.move]++;
            step.node.totals[step.move] += won;
            step.node.visited++;
            step.node.total += won;
        }
    }

    /** Mixes noise into the probabilities at the root, so that each move has a chance to be looked at. */
    public void addNoise(RandomGenerator random) {
        var noise = Dirichlet.sample(root.priors.length, options.noise(), random);
        for (int i = 0; i < noise.length; i++) {
            root.priors[i] += options.noiseShare() * (noise[i] - root.priors[i]);
        }
    }

    /** How often each move, legal or not, was tried at the root. */
    public int[] visits() {
        var all = new int[root.state.spec().moves()];
        for (int i = 0; i < root.moves.length; i++) all[root.moves[i]] = root.visits[i];
        return all;
    }

    /** The move at the root that wins; else of those that are not known to lose the one that was tried most often. */
    public int best() {
        int best = 0;
        for (int i = 1; i < root.moves.length; i++) if (merit(i) > merit(best)) best = i;
        return root.moves[best];
    }

    private double merit(int move) {
        double known = root.outcome(move);
        return known == WON ? Double.POSITIVE_INFINITY : known < 0 ? -1.0 / (1 + root.visits[move]) : root.visits[move];
    }

    /** What who is to move at the root will have, as the search sees it. */
    public double value() {
        return root.isKnown() ? root.seen(root.payoff) : (root.value + root.total) / (root.visited + 1);
    }

    /** Makes the position after a move the root; what was found out of it stays. */
    public void play(int move) {
        int at = Arrays.binarySearch(root.moves, move);
        if (at < 0) throw root.state.illegal(move);
        root = root.children[at] == null ? new Node(root.state.play(move)) : root.children[at];
    }
}
