package dev.merapi.tabular.recommend;

import dev.merapi.tensor.Tensor;

/**
 * A network for users and one for items, which meet in the product of their vectors: score = cos(u, i) / temperature.
 * Trained by {@link Objective#IN_BATCH}, it learns from what is known of items too, so that those without history have
 * a place. Yi et al. 2019, <i>Sampling-bias-corrected neural modeling for large corpus item recommendations</i>.
 */
public final class TwoTower extends VectorRecommender {
    final Tower user;
    final Tower item;
    private final double temperature;

    /**
     * @param user and {@code item}, whose last widths are equal
     * @param temperature above 0, such as 0.1
     */
    public TwoTower(Tower user, Tower item, double temperature) {
        if (!(temperature > 0)) {
            throw new IllegalArgumentException("TwoTower: expected a temperature above 0. Received " + temperature);
        }
        this.user = user;
        this.item = item;
        this.temperature = temperature;
    }

    @Override public int users() { return user.count(); }

    @Override public int items() { return item.count(); }

    @Override public Tensor userVectors(Tensor users) { return user.forward(users).div(temperature); }

    @Override public Tensor itemVectors() { return item.all(); }

    @Override public Tensor itemVectors(Tensor items) { return item.forward(items); }

    @Override protected Tensor squares(Tensor users, Tensor items) {
        return user.squares(users).add(item.squares(items));
    }
}
