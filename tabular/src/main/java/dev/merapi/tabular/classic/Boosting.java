package dev.merapi.tabular.classic;

import dev.merapi.tabular.data.Target;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/** Gradient boosting by XGBoost. */
record Boosting(Booster booster, int classes) implements Fitted {
    static { // XGBoost logs: without a logger, SLF4J prints three lines
        if (System.getProperty("slf4j.internal.verbosity") == null) {
            System.setProperty("slf4j.internal.verbosity", "ERROR");
        }
    }

    static Boosting fit(SparseRows rows, float[] targets, Target target, ClassicOptions options) {
        int classes = classes(target);
        var settings = new HashMap<String, Object>(Map.of("eta", options.rate(), "max_depth", options.depth(),
                "seed", options.seed(), "verbosity", 0, "nthread", Runtime.getRuntime().availableProcessors(),
                "subsample", 0.8, "colsample_bytree", 0.8, "tree_method", "hist",
                "objective", classes == 0 ? "reg:squarederror" : classes == 2 ? "binary:logistic" : "multi:softprob"));
        if (classes > 2) settings.put("num_class", classes);
        try {
            var matrix = matrix(rows);
            try {
                matrix.setLabel(targets);
                return new Boosting(XGBoost.train(matrix, settings, options.trees(), Map.of(), null, null), classes);
            } finally {
                matrix.dispose();
            }
        } catch (XGBoostError e) {
            throw new IllegalArgumentException("ClassicModel: XGBoost could not fit: " + e.getMessage(), e);
        }
    }

    private static int classes(Target target) {
        return target instanceof Target.Classes of ? of.labels().size() : 0;
    }

    /** What is not in a row is 0, not missing: an empty cell of XGBoost's is taken for either. */
    private static DMatrix matrix(SparseRows rows) throws XGBoostError {
        return new DMatrix(rows.starts(), rows.columns(), rows.values(), DMatrix.SparseType.CSR, rows.width());
    }

    @Override public float[][] outputs(SparseRows rows) {
        try {
            var matrix = matrix(rows);
            try {
                return booster.predict(matrix, true); // before the sigmoid or softmax
            } finally {
                matrix.dispose();
            }
        } catch (XGBoostError e) {
            throw new IllegalStateException("ClassicModel: XGBoost could not predict: " + e.getMessage(), e);
        }
    }

    @Override public float[][][] contributions(SparseRows rows) {
        try {
            var matrix = matrix(rows);
            try {
                float[][] flat = booster.predictContrib(matrix, 0); // of all trees
                int outputs = classes > 2 ? classes : 1;
                var contributions = new float[flat.length][outputs][];
                int width = flat.length == 0 ? 0 : flat[0].length / outputs;
                for (int row = 0; row < flat.length; row++) {
                    for (int o = 0; o < outputs; o++) {
                        contributions[row][o] = Arrays.copyOfRange(flat[row], o * width, (o + 1) * width);
                    }
                }
                return contributions;
            } finally {
                matrix.dispose();
            }
        } catch (XGBoostError e) {
            throw new IllegalStateException("ClassicModel: XGBoost could not predict: " + e.getMessage(), e);
        }
    }

    @Override public byte[] bytes() {
        try {
            return booster.toByteArray("ubj");
        } catch (XGBoostError e) {
            throw new IllegalStateException("ClassicModel: XGBoost could not write its model: " + e.getMessage(), e);
        }
    }

    static Boosting load(byte[] bytes, Target target) {
        try {
            return new Boosting(XGBoost.loadModel(bytes), classes(target));
        } catch (XGBoostError | IOException e) {
            throw new IllegalArgumentException("ClassicModel: expected a model of XGBoost. " + e.getMessage(), e);
        }
    }
}
