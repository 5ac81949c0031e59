package dev.merapi.tabular.recommend;

import dev.merapi.nn.Dropout;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Neural matrix factorisation: a product of vectors, element by element, beside a multi-layer perceptron over two other
 * vectors, and a last layer over both (He et al. 2017, arXiv:1708.05031).
 *
 * <p>The perceptron's first layer is a sum of a user's part and an item's, so that scoring all items computes each part
 * once.
 */
public final class NeuMf extends Recommender {
    private static final long AT_ONCE = 1L << 22; // users · items · width of the first layer

    final Param productUsers; // (users, dim)
    final Param productItems;
    final Param users; // (users, hidden[0] / 2)
    final Param items;
    final Linear userPart; // with the bias
    final Linear itemPart;
    final Sequential hidden;
    final Linear last;

    /**
     * @param dim of the vectors that are multiplied
     * @param hidden widths of the perceptron's layers, such as 64, 32, 16
     * @param dropout between them
     */
    public NeuMf(int users, int items, int dim, List<Integer> hidden, double dropout) {
        if (hidden.isEmpty() || hidden.getFirst() < 2) {
            throw new IllegalArgumentException("NeuMf: expected widths of at least one hidden layer, the first of at"
                    + " least 2. Received " + hidden);
        }
        var init = Init.normal(0, 0.01); // as the paper
        int half = hidden.getFirst() / 2;
        productUsers = param(init, users, dim);
        productItems = param(init, items, dim);
        this.users = param(init, users, half);
        this.items = param(init, items, half);
        userPart = new Linear(half, hidden.getFirst());
        itemPart = new Linear(half, hidden.getFirst(), false);
        var layers = new ArrayList<Unary>(List.of(new Relu()));
        for (int i = 1; i < hidden.size(); i++) {
            if (dropout > 0) layers.add(new Dropout(dropout));
            layers.add(new Linear(hidden.get(i - 1), hidden.get(i)));
            layers.add(new Relu());
        }
        this.hidden = new Sequential(layers);
        last = new Linear(dim + hidden.getLast(), 1);
    }

    @Override public int users() { return (int) users.size(0); }

    @Override public int items() { return (int) items.size(0); }

    @Override public Tensor forward(Tensor someUsers, Tensor someItems) {
        return joined(F.embedding(someUsers, productUsers, -1).unsqueeze(1),
                userPart.forward(F.embedding(someUsers, users, -1)).unsqueeze(1),
                F.embedding(someItems, productItems, -1), itemPart.forward(F.embedding(someItems, items, -1)));
    }

    /** Shapes: of users (B, 1, …), of items (B or 1, K, …), to (B, K). */
    private Tensor joined(Tensor productUser, Tensor user, Tensor productItem, Tensor item) {
        var deep = hidden.forward(user.add(item));
        return last.forward(Tensor.cat(List.of(productUser.mul(productItem), deep), -1)).squeeze(2);
    }

    @Override public Tensor scores(Tensor some) {
        var productUser = F.embedding(some, productUsers, -1).unsqueeze(1);
        var user = userPart.forward(F.embedding(some, users, -1)).unsqueeze(1);
        long step = Math.max(1, AT_ONCE / (some.numel() * user.size(2)));
        var parts = new ArrayList<Tensor>();
        for (long from = 0; from < items(); from += step) {
            long count = Math.min(step, items() - from);
            parts.add(joined(productUser, user, productItems.narrow(0, from, count).unsqueeze(0),
                    itemPart.forward(items.narrow(0, from, count)).unsqueeze(0)));
        }
        return Tensor.cat(parts, 1);
    }

    @Override protected Tensor squares(Tensor someUsers, Tensor someItems) {
        Tensor sum = null;
        for (var table : List.of(productUsers, users, productItems, items)) {
            boolean ofUsers = table == productUsers || table == users;
            var part = F.embedding(ofUsers ? someUsers : someItems, table, -1).square().sum();
            sum = sum == null ? part : sum.add(part);
        }
        return sum;
    }
}
