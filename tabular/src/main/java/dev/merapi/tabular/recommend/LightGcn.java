package dev.merapi.tabular.recommend;

import dev.merapi.nn.EmbeddingBag;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Collections;
import java.util.List;

/**
 * Vectors that spread along the graph of interactions: E⁽ᵏ⁺¹⁾ = Â E⁽ᵏ⁾, of users and items one below the other, and a
 * vector is Σ αₖ E⁽ᵏ⁾, by default their mean. Â is the adjacency with each edge divided by √(degree of its user ·
 * degree of its item). He et al. 2020 (arXiv:2002.02126).
 *
 * <p>Â is sparse: a layer takes time and memory by the number of interactions. The graph is saved with the weights.
 * There are no second derivatives.
 */
public final class LightGcn extends VectorRecommender {
    final Param users; // (users, dim): E⁽⁰⁾
    final Param items; // (items, dim)
    final State edges; // (2, E) int64 of Â, in ascending order
    final State strengths; // (E)
    private final List<Double> alphas;

    /**
     * With αₖ = 1 / (layers + 1).
     *
     * @param train whose interactions are the graph
     */
    public LightGcn(Interactions train, int dim, int layers) {
        this(train, dim, Collections.nCopies(Math.max(1, layers) + 1, 1.0 / (Math.max(1, layers) + 1)));
        if (layers < 1) {
            throw new IllegalArgumentException("LightGcn: expected at least 1 layer. Received " + layers);
        }
    }

    /** @param alphas the weight αₖ of each layer, E⁽⁰⁾ first */
    public LightGcn(Interactions train, int dim, List<Double> alphas) {
        this.alphas = List.copyOf(alphas);
        var init = Init.normal(0, 0.1); // as the authors' program
        users = param(init, train.users().size(), dim);
        items = param(init, train.items().size(), dim);
        int n = train.size(), first = train.users().size(), places = first + train.items().size();
        int[] user = train.userOfEach();
        int[] item = train.itemOfEach();
        int[] counts = train.countsOfItems();
        var ends = new long[4 * n]; // from each user to an item, and back
        var values = new double[2 * n];
        for (int e = 0; e < n; e++) {
            ends[e] = user[e];
            ends[2 * n + e] = first + item[e];
            ends[n + e] = first + item[e];
            ends[3 * n + e] = user[e];
            values[e] = values[n + e] = 1 / Math.sqrt((double) train.count(user[e]) * counts[item[e]]);
        }
        try (var _ = Scope.open()) {
            var graph = Tensor.sparse(Tensor.of(ends, 2, 2L * n), Tensor.of(values), places, places).coalesce();
            edges = new State(graph.indices());
            strengths = new State(graph.values().to(users.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32));
        }
    }

    @Override public int users() { return (int) users.size(0); }

    @Override public int items() { return (int) items.size(0); }

    /** The vectors of all users, then of all items: (users + items, dim). */
    public Tensor propagate() {
        var start = Tensor.cat(List.of(users, items), 0);
        if (!start.requiresGrad()) return spread(start);
        Tensor spread;
        try (var _ = Torch.noGrad()) {
            spread = spread(start);
        }
        // Â is symmetric, and so is what the sum of its powers does: gradients go back as vectors went. libtorch's own
        // product with a sparse matrix, and the way back through it, would take twice as long.
        var y = start.sub(start.detach()).add(spread);
        y.onGradient(this::spread);
        return y;
    }

    /** Σ αₖ Âᵏ x. Shapes: (users + items, dim) to the same. */
    private Tensor spread(Tensor x) {
        try (var scope = Scope.open(); var _ = Torch.noGrad()) {
            var neighbours = edges.select(0, 1).contiguous();
            var counts = edges.select(0, 0).bincount(x.size(0));
            var starts = counts.cumsum(0).sub(counts);
            Tensor layer = x;
            Tensor sum = x.mul(alphas.getFirst());
            for (double alpha : alphas.subList(1, alphas.size())) {
                layer = F.embeddingBag(neighbours, starts, layer, EmbeddingBag.Mode.SUM, strengths, -1);
                sum.add_(layer.mul(alpha));
            }
            return scope.keep(sum);
        }
    }

    @Override public Tensor userVectors(Tensor some) { return propagate().indexSelect(0, some); }

    @Override public Tensor itemVectors() { return itemsOf(propagate()); }

    private Tensor itemsOf(Tensor all) { return all.narrow(0, users.size(0), items.size(0)); }

    @Override public Tensor forward(Tensor someUsers, Tensor someItems) {
        var all = propagate();
        var item = F.embedding(someItems.add(users.size(0)), all, -1);
        return products(all.indexSelect(0, someUsers), item);
    }

    @Override public Tensor scores(Tensor some) {
        var all = propagate();
        return all.indexSelect(0, some).matmul(itemsOf(all).mT());
    }

    @Override public Vectors scorer() {
        var all = propagate();
        return Vectors.of(all.narrow(0, 0, users.size(0)), itemsOf(all));
    }

    /** Of E⁽⁰⁾, the only weights there are. */
    @Override protected Tensor squares(Tensor someUsers, Tensor someItems) {
        return F.embedding(someUsers, users, -1).square().sum().add(F.embedding(someItems, items, -1).square().sum());
    }
}
