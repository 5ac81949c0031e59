package dev.merapi.tabular.recommend;

import java.util.List;


/** The models that the recipe offers, each with what it is trained for. */
public enum RecommendModel {
    POPULARITY(Objective.BPR) {
        @Override Recommender of(Interactions train, RecommendRecipe.Config c) { return Popularity.of(train); }
    },
    ITEM_KNN(Objective.BPR) {
        @Override Recommender of(Interactions train, RecommendRecipe.Config c) {
            return ItemKnn.of(train, c.neighbours(), c.shrink());
        }
    },
    MF(Objective.LOGISTIC) {
        @Override Recommender of(Interactions train, RecommendRecipe.Config c) {
            return new MatrixFactorization(train.users().size(), train.items().size(), c.dim(), true, 0);
        }
    },
    BPR(Objective.BPR) {
        @Override Recommender of(Interactions train, RecommendRecipe.Config c) {
            return new MatrixFactorization(train.users().size(), train.items().size(), c.dim());
        }
    },
    NEUMF(Objective.LOGISTIC) {
        @Override Recommender of(Interactions train, RecommendRecipe.Config c) {
            return new NeuMf(train.users().size(), train.items().size(), c.dim(),
                    List.of(2 * c.dim(), c.dim(), Math.max(1, c.dim() / 2)), c.dropout());
        }
    },
    LIGHTGCN(Objective.BPR) {
        @Override Recommender of(Interactions train, RecommendRecipe.Config c) {
            return new LightGcn(train, c.dim(), c.layers());
        }
    },
    TWO_TOWER(Objective.IN_BATCH) {
        @Override Recommender of(Interactions train, RecommendRecipe.Config c) {
            return new TwoTower(new Tower(train.users().size(), c.dim(), null, List.of()),
                    new Tower(train.items().size(), c.dim(), null, List.of()), c.temperature());
        }
    },
    SASREC(Objective.NEXT_ITEM) {
        @Override Recommender of(Interactions train, RecommendRecipe.Config c) {
            return new SasRec(train, new SasRec.Options(c.length(), c.dim(), c.layers(), 1, c.dropout()));
        }
    };

    private final Objective objective;

    RecommendModel(Objective objective) { this.objective = objective; }

    Objective objective() { return objective; }

    abstract Recommender of(Interactions train, RecommendRecipe.Config config);
}
