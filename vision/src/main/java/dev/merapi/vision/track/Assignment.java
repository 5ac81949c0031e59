package dev.merapi.vision.track;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import org.jgrapht.alg.matching.KuhnMunkresMinimalWeightBipartitePerfectMatching;
import org.jgrapht.graph.DefaultWeightedEdge;
import org.jgrapht.graph.SimpleWeightedGraph;

/** Who belongs to whom, so that all together gain most: Kuhn 1955, Munkres 1957, by JGraphT. */
final class Assignment {
    private Assignment() {}

    /** Places in two lists. */
    record Pair(int first, int second) {}

    /**
     * Pairs of things with the largest sum of gains; each occurs once at most.
     *
     * @param gain of a pair; one that gains nothing, or less, is not made
     */
    static <A, B> List<Pair> of(List<A> first, List<B> second, ToDoubleBiFunction<A, B> gain) {
        int n = Math.max(first.size(), second.size());
        if (first.isEmpty() || second.isEmpty()) return List.of();
        var gains = new double[n][n];
        double most = 0;
        for (int i = 0; i < first.size(); i++) {
            for (int j = 0; j < second.size(); j++) {
                gains[i][j] = Math.max(gain.applyAsDouble(first.get(i), second.get(j)), 0);
                most = Math.max(most, gains[i][j]);
            }
        }
        IntBinaryOperator node = (side, i) -> side * n + i;
        var graph = new SimpleWeightedGraph<Integer, DefaultWeightedEdge>(DefaultWeightedEdge.class);
        for (int i = 0; i < 2 * n; i++) graph.addVertex(i);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                var edge = graph.addEdge(node.applyAsInt(0, i), node.applyAsInt(1, j));
                graph.setEdgeWeight(edge, most - gains[i][j]);
            }
        }
        var rows = new HashSet<>(IntStream.range(0, n).boxed().toList());
        var columns = new HashSet<>(IntStream.range(n, 2 * n).boxed().toList());
        var matching = new KuhnMunkresMinimalWeightBipartitePerfectMatching<>(graph, rows, columns).getMatching();
        var pairs = new ArrayList<Pair>();
        for (var edge : matching) {
            int i = Math.min(graph.getEdgeSource(edge), graph.getEdgeTarget(edge));
            int j = Math.max(graph.getEdgeSource(edge), graph.getEdgeTarget(edge)) - n;
            if (gains[i][j] > 0) pairs.add(new Pair(i, j));
        }
        return pairs;
    }
}
