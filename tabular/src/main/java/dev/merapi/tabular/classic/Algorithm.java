package dev.merapi.tabular.classic;

/** What a {@link ClassicModel} is fitted by. */
public enum Algorithm {
    /** Logistic regression with an L2 penalty, by LIBLINEAR; of numbers, ridge regression in closed form. */
    LINEAR,
    /** A linear support vector machine, by LIBLINEAR. Its scores rank, but are no probabilities. */
    LINEAR_SVM,
    /** A support vector machine with a Gaussian kernel, by LIBSVM; its time grows with the square of the rows. */
    KERNEL_SVM,
    /** A random forest (Breiman 2001), by Tribuo. */
    FOREST,
    /** Gradient-boosted trees (Chen and Guestrin 2016), by XGBoost. */
    BOOSTING
}
