package dev.merapi.tabular.classic;

import org.tribuo.Model;
import org.tribuo.Trainer;
import org.tribuo.common.libsvm.KernelType;
import org.tribuo.common.libsvm.SVMParameters;
import org.tribuo.common.tree.RandomForestTrainer;
import org.tribuo.regression.RegressionFactory;
import org.tribuo.regression.Regressor;
import org.tribuo.regression.ensemble.AveragingCombiner;
import org.tribuo.regression.liblinear.LibLinearRegressionTrainer;
import org.tribuo.regression.liblinear.LinearRegressionType;
import org.tribuo.regression.liblinear.LinearRegressionType.LinearType;
import org.tribuo.regression.libsvm.LibSVMRegressionTrainer;
import org.tribuo.regression.libsvm.SVMRegressionType;
import org.tribuo.regression.rtree.CARTRegressionTrainer;
import org.tribuo.regression.rtree.impurity.MeanSquaredError;

/** A regressor of Tribuo's, of one number. */
record TribuoRegressor(Model<Regressor> model) implements Fitted {
    private static final String NAME = "y";
    private static final double MARGIN = 0.1; // of support vector regression, in deviations of the target

    static TribuoRegressor fit(Algorithm algorithm, SparseRows rows, float[] targets, ClassicOptions options) {
        var examples = TribuoRows.examples(rows, row -> new Regressor(NAME, targets[row]));
        return new TribuoRegressor(trainer(algorithm, rows.width(), options)
                .train(TribuoRows.dataset(examples, new RegressionFactory())));
    }

    private static Trainer<Regressor> trainer(Algorithm algorithm, int width, ClassicOptions options) {
        return switch (algorithm) {
            case LINEAR_SVM -> new LibLinearRegressionTrainer(new LinearRegressionType(LinearType.L2R_L2LOSS_SVR),
                    options.c(), 1000, 1e-4, MARGIN, options.seed());
            case KERNEL_SVM -> {
                var parameters = new SVMParameters<>(
                        new SVMRegressionType(SVMRegressionType.SVMMode.EPSILON_SVR), KernelType.RBF);
                parameters.getParameters().C = options.c(); // setCost is for classifiers
                parameters.setGamma(1.0 / width);
                parameters.setEpsilon(MARGIN);
                yield new LibSVMRegressionTrainer(parameters);
            }
            case FOREST -> new RandomForestTrainer<>(new CARTRegressionTrainer(2 * options.depth(), 1, 0,
                    Math.max(1f / width, 1f / 3), new MeanSquaredError(), options.seed()), new AveragingCombiner(),
                    options.trees(), options.seed());
            case LINEAR, BOOSTING -> throw new AssertionError(algorithm);
        };
    }

    @Override public float[][] outputs(SparseRows rows) {
        var outputs = new float[rows.size()][1];
        int row = 0;
        for (var example : TribuoRows.examples(rows, _ -> RegressionFactory.UNKNOWN_REGRESSOR)) {
            outputs[row++][0] = (float) model.predict(example).getOutput().getValues()[0];
        }
        return outputs;
    }

    @Override public byte[] bytes() { return TribuoRows.bytes(model); }

    static TribuoRegressor load(byte[] bytes) { return new TribuoRegressor(TribuoRows.load(bytes, Regressor.class)); }
}
