package dev.merapi.tabular.recommend;

import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * A vector for each user and item: score = p_u · q_i + b_u + b_i + μ (Koren et al. 2009, <i>Matrix factorization
 * techniques for recommender systems</i>). Without the biases and μ, and trained by {@link Objective#BPR}, it is that
 * of Rendle et al. 2009 (arXiv:1205.2618).
 */
public final class MatrixFactorization extends VectorRecommender {
    final Param users; // (users, dim)
    final Param items; // (items, dim)
    final Param userBias; // (users, 1), or null
    final Param itemBias; // (items, 1), or null
    private final double mean;
    private boolean sparse;

    /** Without biases. */
    public MatrixFactorization(int users, int items, int dim) { this(users, items, dim, false, 0); }

    /**
     * @param biases whether users and items have some
     * @param mean μ, of the ratings; 0 where only the order of scores counts
     */
    public MatrixFactorization(int users, int items, int dim, boolean biases, double mean) {
        var init = Init.normal(0, 0.1);
        this.users = param(init, users, dim);
        this.items = param(init, items, dim);
        userBias = biases ? param(Init.zeros(), users, 1) : null;
        itemBias = biases ? param(Init.zeros(), items, 1) : null;
        this.mean = mean;
    }

    /** Makes the gradients sparse, those of a step's users and items alone, and returns this model. */
    public MatrixFactorization sparse() {
        sparse = true;
        return this;
    }

    @Override public int users() { return (int) users.size(0); }

    @Override public int items() { return (int) items.size(0); }

    /** With biases (p, b + μ, 1), else p. */
    @Override public Tensor userVectors(Tensor some) {
        var p = F.embedding(some, users, -1, sparse);
        if (userBias == null) return p;
        var bias = F.embedding(some, userBias, -1, sparse).add(mean);
        return Tensor.cat(List.of(p, bias, bias.onesLike()), -1);
    }

    /** With biases (q, 1, b), else q. */
    @Override public Tensor itemVectors() { return joined(items, itemBias); }

    @Override public Tensor itemVectors(Tensor some) {
        return joined(F.embedding(some, items, -1, sparse),
                itemBias == null ? null : F.embedding(some, itemBias, -1, sparse));
    }

    private static Tensor joined(Tensor q, Tensor bias) {
        return bias == null ? q : Tensor.cat(List.of(q, bias.onesLike(), bias), -1);
    }

    @Override protected Tensor squares(Tensor someUsers, Tensor someItems) {
        var sum = F.embedding(someUsers, users, -1, sparse).square().sum()
                .add(F.embedding(someItems, items, -1, sparse).square().sum());
        return userBias == null ? sum : sum.add(F.embedding(someUsers, userBias, -1, sparse).square().sum())
                .add(F.embedding(someItems, itemBias, -1, sparse).square().sum());
    }
}
