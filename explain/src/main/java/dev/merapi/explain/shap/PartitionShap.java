package dev.merapi.explain.shap;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Game;
import dev.merapi.explain.Sharing;
import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Owen's values: features stand together in a tree, such as the words of a phrase or the pixels of a square, and what a
 * branch wins is shared between its two halves (Owen 1977, "Values of Games with a Priori Unions"; the way through the
 * tree is shap's PartitionExplainer). The branches with most to share are opened first. When the budget is spent, what
 * a branch has won goes to its features in equal parts, so that the contributions sum to the output.
 *
 * @param samples coalitions that are asked, at most
 */
public record PartitionShap(Tree tree, int samples) implements Sharing {
    private static final int TOGETHER = 64; // branches that are opened in one go

    public PartitionShap {
        Expect.atLeast("PartitionShap.samples", 2, samples);
    }

    /** A feature, or two branches. */
    public sealed interface Tree {
        /** One feature. */
        record Leaf(int feature) implements Tree {}

        /** Two parts that stand together. */
        record Branch(Tree left, Tree right) implements Tree {}

        /** The features below. */
        default List<Integer> features() {
            var all = new ArrayList<Integer>();
            collect(all);
            return all;
        }

        private void collect(List<Integer> all) {
            switch (this) {
                case Leaf(int feature) -> all.add(feature);
                case Branch(Tree left, Tree right) -> {
                    left.collect(all);
                    right.collect(all);
                }
            }
        }

        /** Neighbours in a line, such as the tokens from {@code from} to {@code to - 1}: halves of halves. */
        static Tree line(int from, int to) {
            if (to - from == 1) return new Leaf(from);
            int middle = (from + to) >>> 1;
            return new Branch(line(from, middle), line(middle, to));
        }

        /** Cells of a grid, row by row: a rectangle's longer side is halved. */
        static Tree grid(int height, int width) { return grid(0, height, 0, width, width); }

        private static Tree grid(int top, int bottom, int left, int right, int width) {
            if (bottom - top == 1 && right - left == 1) return new Leaf(top * width + left);
            if (bottom - top >= right - left) {
                int middle = (top + bottom) >>> 1;
                return new Branch(grid(top, middle, left, right, width), grid(middle, bottom, left, right, width));
            }
            int middle = (left + right) >>> 1;
            return new Branch(grid(top, bottom, left, middle, width), grid(top, bottom, middle, right, width));
        }
    }

    /** A branch to be opened: what it wins when it joins {@code without}. */
    private record Open(Tree tree, boolean[] without, double off, double on, double weight) {
        double size() { return Math.abs(on - off) * weight; }
    }

    @Override public Attribution share(Game game) {
        int n = game.players();
        Expect.that(tree.features().stream().distinct().count() == n && tree.features().size() == n,
                "PartitionShap", "a tree of the " + n + " features", tree.features());
        double[] ends = game.ends();
        var phi = new double[n];
        var queue = new PriorityQueue<Open>(Comparator.comparingDouble(open -> -open.size()));
        queue.add(new Open(tree, new boolean[n], ends[0], ends[1], 1));
        int left = samples - 2;
        while (!queue.isEmpty()) {
            var some = new ArrayList<Open>();
            while (!queue.isEmpty() && some.size() < TOGETHER) {
                var open = queue.remove();
                if (open.tree instanceof Tree.Branch && left >= 2) {
                    some.add(open);
                    left -= 2;
                } else {
                    var features = open.tree.features();
                    for (int f : features) phi[f] += (open.on - open.off) * open.weight / features.size();
                }
            }
            if (!some.isEmpty()) open(game, some, queue);
        }
        return Attribution.of(phi, ends[0], ends[1]);
    }

    private static void open(Game game, List<Open> some, PriorityQueue<Open> queue) {
        var coalitions = new ArrayList<boolean[]>();
        for (var open : some) {
            var branch = (Tree.Branch) open.tree;
            coalitions.add(with(open.without, branch.left()));
            coalitions.add(with(open.without, branch.right()));
        }
        double[] v = game.values(coalitions.toArray(boolean[][]::new));
        for (int i = 0; i < some.size(); i++) {
            var open = some.get(i);
            var branch = (Tree.Branch) open.tree;
            double half = open.weight / 2;
            double left = v[2 * i], right = v[2 * i + 1];
            queue.add(new Open(branch.left(), open.without, open.off, left, half));
            queue.add(new Open(branch.left(), coalitions.get(2 * i + 1), right, open.on, half));
            queue.add(new Open(branch.right(), open.without, open.off, right, half));
            queue.add(new Open(branch.right(), coalitions.get(2 * i), left, open.on, half));
        }
    }

    private static boolean[] with(boolean[] coalition, Tree tree) {
        var more = coalition.clone();
        for (int feature : tree.features()) more[feature] = true;
        return more;
    }
}
