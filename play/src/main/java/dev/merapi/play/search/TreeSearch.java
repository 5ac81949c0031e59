package dev.merapi.play.search;

import dev.merapi.play.game.GameState;
import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.List;

/**
 * Plays the move that a search guided by an evaluator tried most often, without chance. In several games, or with
 * several {@code leaves}, the evaluator is asked about many positions at once, which a network answers much faster than
 * one after the other.
 */
public final class TreeSearch implements Player {
    private final Evaluator evaluator;
    private final SearchOptions options;
    private final int simulations;
    private final int leaves;

    /**
     * @param simulations for each move
     * @param leaves of one tree that the evaluator is asked about at once
     */
    public TreeSearch(Evaluator evaluator, SearchOptions options, int simulations, int leaves) {
        Expect.atLeast("TreeSearch.simulations", 1, simulations);
        Expect.atLeast("TreeSearch.leaves", 1, leaves);
        this.evaluator = evaluator;
        this.options = options;
        this.simulations = simulations;
        this.leaves = leaves;
    }

    @Override public int move(GameState state) { return search(state).best(); }

    @Override public int[] moves(List<GameState> states) {
        return search(states).stream().mapToInt(SearchTree::best).toArray();
    }

    /** What a search finds out of a position. */
    public SearchTree search(GameState state) { return search(List.of(state)).getFirst(); }

    private List<SearchTree> search(List<GameState> states) {
        var trees = states.stream().map(state -> new SearchTree(state, options)).toList();
        var asked = new ArrayList<SearchTree>(trees); // the tree of each leaf
        var waiting = new ArrayList<>(trees.stream().map(SearchTree::rootLeaf).toList());
        while (true) {
            ask(asked, waiting);
            boolean done = true;
            for (var tree : trees) done &= !grow(tree, asked, waiting);
            if (done) return trees;
        }
    }

    private void ask(List<SearchTree> asked, List<SearchTree.Leaf> waiting) {
        if (!waiting.isEmpty()) {
            var estimates = evaluator.evaluate(waiting.stream().map(SearchTree.Leaf::state).toList());
            for (int i = 0; i < asked.size(); i++) asked.get(i).judged(waiting.get(i), estimates.get(i));
        }
        asked.clear();
        waiting.clear();
    }

    /** @return whether there is more to do for the tree */
    private boolean grow(SearchTree tree, List<SearchTree> asked, List<SearchTree.Leaf> waiting) {
        if (tree.simulations() >= simulations) return false;
        for (int i = 0; i < leaves && tree.simulations() + i < simulations; i++) {
            var leaf = tree.simulate();
            if (leaf == null) continue; // an end, or one that waits already
            asked.add(tree);
            waiting.add(leaf);
        }
        return true;
    }
}
