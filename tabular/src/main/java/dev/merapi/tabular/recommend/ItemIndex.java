package dev.merapi.tabular.recommend;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/** Finds the items whose vectors have the greatest products with a user's. Several threads may search at once. */
public interface ItemIndex extends AutoCloseable {
    /**
     * What was found, the best first.
     *
     * @param items at most k
     * @param scores the products
     */
    record Found(int[] items, float[] scores) {}

    /** Number of items. */
    int size();

    /**
     * The best k, all items there are if k is more.
     *
     * @param vector of the items' width
     */
    Found search(float[] vector, int k);

    @Override void close();

    /** Compares with all items. Vectors (items, D) are copied. */
    static ItemIndex exact(Tensor vectors) {
        var items = vectors.detach().copy().owned();
        return new ItemIndex() {
            @Override public int size() { return (int) items.size(0); }

            @Override public Found search(float[] vector, int k) {
                try (var _ = Torch.noGrad(); var _ = Scope.open()) {
                    var top = items.matmul(Tensor.of(vector).to(items.device())).topk(Math.min(k, size()), 0);
                    return new Found(top.indices().toInts(), top.values().toFloats());
                }
            }

            @Override public void close() { items.close(); }
        };
    }
}
