package dev.merapi.tabular.recommend;

/** What a recommender is trained for. B interactions in a step, N items drawn for each that its user did not have. */
public enum Objective {
    /** That those had and those drawn can be told apart: binary cross-entropy over both. */
    LOGISTIC,
    /**
     * That what a user had scores above what was drawn: −log σ(s⁺ − s⁻), averaged (Bayesian personalised ranking,
     * Rendle et al. 2009, arXiv:1205.2618).
     */
    BPR,
    /** The ratings themselves: squared error. Nothing is drawn. */
    RATING,
    /**
     * Which of the items in the step is the user's: cross-entropy over them, their scores corrected by how often they
     * come: s(u, i) − log p(i) (Yi et al. 2019). For a {@link VectorRecommender}. Nothing is drawn.
     */
    IN_BATCH,
    /**
     * The next item at each place of a history. For {@link SasRec}: binary cross-entropy against what is drawn, as the
     * paper; with none drawn, cross-entropy over all items.
     */
    NEXT_ITEM
}
