package dev.merapi.play.zero;

import dev.merapi.play.game.GameState;
import dev.merapi.play.search.CachedEvaluator;
import dev.merapi.play.search.Evaluator;
import dev.merapi.play.search.SearchOptions;
import dev.merapi.play.search.SearchTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Lets a network play against itself, in many games at once, so that it is asked about many positions at once. A part
 * of the moves is searched well, with noise, and learnt from; the others are searched a little, and only bring the game
 * to its end: more games, and so more ends, in the same time (Wu 2019, Accelerating Self-Play Learning in Go,
 * arXiv:1902.10565).
 */
final class SelfPlay {
    private static final int REMEMBERED = 100_000; // positions

    private final ZeroConfig config;
    private final GameState start;
    private final Evaluator evaluator;
    private final SearchOptions options;

    SelfPlay(ZeroConfig config, Evaluator evaluator) {
        this.config = config;
        this.start = config.start();
        this.evaluator = new CachedEvaluator(evaluator, REMEMBERED);
        options = new SearchOptions(config.exploration(), config.noise(), config.noiseShare());
    }

    /** A game under way. */
    private final class Table {
        final int number;
        final SplittableRandom random;
        final SearchTree tree;
        final List<Integer> moves = new ArrayList<>();
        final List<int[]> visits = new ArrayList<>();
        final List<Float> values = new ArrayList<>();
        boolean thorough;
        boolean begun; // the search for the move

        Table(int number, long seed) {
            this.number = number;
            random = new SplittableRandom(seed);
            tree = new SearchTree(opening(random.nextInt(config.opening() + 1)), options);
        }

        /** The position after some moves at random, which are not learnt from. */
        private GameState opening(int count) {
            GameState state = start;
            for (int i = 0; i < count; i++) {
                int[] legal = state.legal();
                int move = legal[random.nextInt(legal.length)];
                var next = state.play(move);
                if (next.isOver()) break;
                moves.add(move);
                visits.add(new int[0]);
                values.add(0f);
                state = next;
            }
            return state;
        }

        /** Plays on until a position is to be judged; null at the end of the game. */
        SearchTree.Leaf next() {
            while (!tree.state().isOver()) {
                if (!tree.isOpen()) return tree.rootLeaf();
                if (!begun) {
                    begun = true;
                    thorough = random.nextDouble() < config.learnt();
                    if (thorough) tree.addNoise(random);
                }
                if (tree.simulations() >= (thorough ? config.simulations() : config.quick())) {
                    move();
                    continue;
                }
                var leaf = tree.simulate();
                if (leaf != null) return leaf;
            }
            return null;
        }

        private void move() {
            int[] counts = tree.visits();
            int move = moves.size() < config.drawn() ? draw(counts) : tree.best();
            moves.add(move);
            visits.add(thorough ? counts : new int[0]);
            values.add((float) tree.value());
            tree.play(move);
            begun = false;
        }

        private int draw(int[] counts) {
            int at = random.nextInt(Arrays.stream(counts).sum());
            int move = 0;
            while (at >= counts[move]) at -= counts[move++];
            return move;
        }
    }

    /** Games that follow from the network and the seed, in the order of their beginnings. */
    List<PlayedGame> play(int games, long seed) {
        var played = new PlayedGame[games];
        var seeds = new SplittableRandom(seed);
        var tables = new ArrayList<Table>();
        int begun = 0;
        var leaves = new ArrayList<SearchTree.Leaf>();
        var asking = new ArrayList<Table>();
        while (begun < games || !tables.isEmpty()) {
            while (begun < games && tables.size() < config.parallel()) tables.add(new Table(begun++, seeds.nextLong()));
            for (var table : tables) {
                var leaf = table.next();
                if (leaf == null) {
                    played[table.number] =
                            new PlayedGame(table.moves, table.visits, table.values, table.tree.state().payoff());
                } else {
                    leaves.add(leaf);
                    asking.add(table);
                }
            }
            tables.clear();
            tables.addAll(asking);
            if (!leaves.isEmpty()) {
                var estimates = evaluator.evaluate(leaves.stream().map(SearchTree.Leaf::state).toList());
                for (int i = 0; i < leaves.size(); i++) asking.get(i).tree.judged(leaves.get(i), estimates.get(i));
            }
            leaves.clear();
            asking.clear();
        }
        return List.of(played);
    }
}
