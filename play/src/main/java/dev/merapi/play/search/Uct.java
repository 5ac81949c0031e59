package dev.merapi.play.search;

import dev.merapi.play.game.GameState;
import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Monte-Carlo tree search that plays to the end at random. Each simulation follows the moves of the greatest mean plus
 * c √(ln N / n), adds a position, and counts who won from there. Kocsis and Szepesvári 2006, Bandit Based Monte-Carlo
 * Planning.
 */
public final class Uct implements Player {
    private static final double C = 1.0; // of results between -1 and 1

    private final int simulations;
    private final SplittableRandom random;

    /** A position, with what the player who moved there has had of it. */
    private static final class Node {
        final GameState state;
        final int[] legal;
        final List<Node> children = new ArrayList<>(); // of the first moves of legal, which are in random order
        int visits;
        double total;

        Node(GameState state, SplittableRandom random) {
            this.state = state;
            legal = state.legal();
            for (int i = legal.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1), moved = legal[i];
                legal[i] = legal[j];
                legal[j] = moved;
            }
        }
    }

    /** @param simulations random games for a move */
    public Uct(int simulations, long seed) {
        Expect.atLeast("Uct.simulations", 1, simulations);
        this.simulations = simulations;
        random = new SplittableRandom(seed);
    }

    @Override public int move(GameState state) {
        var root = new Node(state, random);
        for (int i = 0; i < simulations; i++) simulate(root);
        int best = 0;
        for (int i = 1; i < root.children.size(); i++) {
            if (root.children.get(i).visits > root.children.get(best).visits) best = i;
        }
        return root.legal[best];
    }

    private void simulate(Node root) {
        var path = new ArrayList<>(List.of(root));
        Node node = root;
        while (node.legal.length > 0 && node.children.size() == node.legal.length) {
            node = best(node);
            path.add(node);
        }
        if (node.legal.length > 0) {
            var next = new Node(node.state.play(node.legal[node.children.size()]), random);
            node.children.add(next);
            path.add(next);
            node = next;
        }
        double payoff = playOut(node.state);
        for (int i = 0; i < path.size(); i++) {
            path.get(i).visits++;
            if (i > 0) path.get(i).total += path.get(i - 1).state.player() == 0 ? payoff : -payoff;
        }
    }

    private Node best(Node node) {
        double most = Double.NEGATIVE_INFINITY, log = Math.log(node.visits);
        Node best = null;
        for (var child : node.children) {
            double value = child.total / child.visits + C * Math.sqrt(log / child.visits);
            if (value <= most) continue;
            most = value;
            best = child;
        }
        return best;
    }

    private double playOut(GameState state) {
        while (!state.isOver()) {
            int[] legal = state.legal();
            state = state.play(legal[random.nextInt(legal.length)]);
        }
        return state.payoff();
    }
}
