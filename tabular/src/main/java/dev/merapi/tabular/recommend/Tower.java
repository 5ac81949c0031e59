package dev.merapi.tabular.recommend;

import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * One side of a {@link TwoTower}: a learned vector for each number, joined by what is known of it, through linear
 * layers to a vector of length 1. Shapes: numbers (…) int64 to (…, the last width).
 */
public final class Tower extends Layer {
    final Param ids; // (count, dim)
    final State features; // (count, F), or null
    final Sequential layers; // null for none

    /**
     * @param count of users, or items
     * @param dim of the learned vectors
     * @param features what is known of each, (count, F) float32, such as genres as zeros and ones; null for nothing
     * @param widths of the layers, ReLU between; empty for none, the learned vector itself
     */
    public Tower(int count, int dim, Tensor features, List<Integer> widths) {
        if (features != null && (features.rank() != 2 || features.size(0) != count)) {
            throw new IllegalArgumentException("Tower: expected features (" + count + ", F). Received "
                    + features.describe());
        }
        if (features != null && widths.isEmpty()) {
            throw new IllegalArgumentException("Tower: expected layers over the features. Received no widths.");
        }
        ids = param(Init.normal(0, 0.1), count, dim);
        this.features = features == null ? null : copied(features);
        var all = new ArrayList<Unary>();
        int before = dim + (features == null ? 0 : (int) features.size(1));
        for (int width : widths) {
            if (!all.isEmpty()) all.add(new Relu());
            all.add(new Linear(before, width));
            before = width;
        }
        layers = all.isEmpty() ? null : new Sequential(all);
    }

    private static State copied(Tensor features) {
        try (var _ = Scope.open()) {
            return new State(features.copy());
        }
    }

    int count() { return (int) ids.size(0); }

    public Tensor forward(Tensor numbers) { return through(F.embedding(numbers, ids, -1), numbers); }

    /** Of all: (count, the last width). */
    Tensor all() { return through(ids, null); }

    private Tensor through(Tensor learned, Tensor numbers) {
        Tensor x = learned;
        if (features != null) {
            var known = numbers == null ? features : F.embedding(numbers, features, -1);
            x = Tensor.cat(List.of(x, known.to(x.dtype())), -1);
        }
        return F.normalize(layers == null ? x : layers.forward(x), -1);
    }

    Tensor squares(Tensor numbers) { return F.embedding(numbers, ids, -1).square().sum(); }
}
