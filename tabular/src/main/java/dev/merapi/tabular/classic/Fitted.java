package dev.merapi.tabular.classic;

import dev.merapi.tabular.data.Target;

/** A model that another library has fitted. */
interface Fitted {
    /**
     * Outputs of rows, as {@link dev.merapi.tabular.model.TableTask} takes them: of two classes the score of the
     * second, of more one for each, of numbers the scaled number.
     */
    float[][] outputs(SparseRows rows);

    /**
     * What each column has contributed to each output, by a method of the library's own.
     *
     * @return for each row and output, its columns and last what they start from
     * @throws UnsupportedOperationException where there is none
     */
    default float[][][] contributions(SparseRows rows) {
        throw new UnsupportedOperationException("ClassicModel.contributions: expected boosting, whose trees tell them."
                + " Received another algorithm; take KernelShap.");
    }

    /** What {@link #load} takes. */
    byte[] bytes();

    /**
     * Fits a model.
     *
     * @param targets class indices, or scaled numbers
     */
    static Fitted fit(Algorithm algorithm, SparseRows rows, float[] targets, Target target, ClassicOptions options) {
        boolean classes = target instanceof Target.Classes;
        return switch (algorithm) {
            case BOOSTING -> Boosting.fit(rows, targets, target, options);
            case LINEAR -> classes ? TribuoClassifier.fit(algorithm, rows, targets, target, options)
                    : Ridge.fit(rows, targets, options);
            case LINEAR_SVM, KERNEL_SVM, FOREST -> classes
                    ? TribuoClassifier.fit(algorithm, rows, targets, target, options)
                    : TribuoRegressor.fit(algorithm, rows, targets, options);
        };
    }

    /** What {@link #bytes} gave. */
    static Fitted load(Algorithm algorithm, Target target, byte[] bytes) {
        boolean classes = target instanceof Target.Classes;
        return switch (algorithm) {
            case BOOSTING -> Boosting.load(bytes, target);
            case LINEAR -> classes ? TribuoClassifier.load(bytes, target) : Ridge.load(bytes);
            case LINEAR_SVM, KERNEL_SVM, FOREST -> classes ? TribuoClassifier.load(bytes, target)
                    : TribuoRegressor.load(bytes);
        };
    }
}
