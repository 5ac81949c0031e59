package dev.merapi.tabular.classic;

import dev.merapi.tabular.data.Target;
import java.util.Arrays;
import org.tribuo.Model;
import org.tribuo.Trainer;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.dtree.CARTClassificationTrainer;
import org.tribuo.classification.dtree.impurity.GiniIndex;
import org.tribuo.classification.ensemble.VotingCombiner;
import org.tribuo.classification.liblinear.LibLinearClassificationTrainer;
import org.tribuo.classification.liblinear.LinearClassificationType;
import org.tribuo.classification.liblinear.LinearClassificationType.LinearType;
import org.tribuo.classification.libsvm.LibSVMClassificationTrainer;
import org.tribuo.classification.libsvm.SVMClassificationType;
import org.tribuo.common.libsvm.KernelType;
import org.tribuo.common.libsvm.SVMParameters;
import org.tribuo.common.tree.RandomForestTrainer;

/**
 * A classifier of Tribuo's.
 *
 * @param probabilities whether its scores are such
 */
record TribuoClassifier(Model<Label> model, int classes, boolean probabilities) implements Fitted {
    private static final double LEAST = 1e-6; // of a probability: its logarithm is to be a number

    static TribuoClassifier fit(Algorithm algorithm, SparseRows rows, float[] targets, Target target,
            ClassicOptions options) {
        var labels = ((Target.Classes) target).labels();
        var examples = TribuoRows.examples(rows, row -> new Label("" + (int) targets[row]));
        var model = trainer(algorithm, rows.width(), options)
                .train(TribuoRows.dataset(examples, new LabelFactory()));
        return new TribuoClassifier(model, labels.size(), algorithm != Algorithm.LINEAR_SVM);
    }

    private static Trainer<Label> trainer(Algorithm algorithm, int width, ClassicOptions options) {
        return switch (algorithm) {
            case LINEAR -> new LibLinearClassificationTrainer(new LinearClassificationType(LinearType.L2R_LR),
                    options.c(), 1000, 1e-4, options.seed());
            case LINEAR_SVM -> new LibLinearClassificationTrainer(
                    new LinearClassificationType(LinearType.L2R_L2LOSS_SVC), options.c(), 1000, 1e-4, options.seed());
            case KERNEL_SVM -> {
                var parameters = new SVMParameters<>(
                        new SVMClassificationType(SVMClassificationType.SVMMode.C_SVC), KernelType.RBF);
                parameters.setCost(options.c());
                parameters.setGamma(1.0 / width);
                parameters.setProbability();
                yield new LibSVMClassificationTrainer(parameters, options.seed());
            }
            case FOREST -> new RandomForestTrainer<>(new CARTClassificationTrainer(2 * options.depth(), 1, 0,
                    (float) (1 / Math.sqrt(width)), new GiniIndex(), options.seed()), new VotingCombiner(),
                    options.trees(), options.seed());
            case BOOSTING -> throw new AssertionError(algorithm);
        };
    }

    @Override public float[][] outputs(SparseRows rows) {
        var outputs = new float[rows.size()][];
        int row = 0;
        for (var example : TribuoRows.examples(rows, _ -> LabelFactory.UNKNOWN_LABEL)) {
            var scores = model.predict(example).getOutputScores();
            var of = new float[classes];
            for (int c = 0; c < classes; c++) {
                var label = scores.get("" + c);
                double score = label == null ? 0 : label.getScore();
                of[c] = (float) (probabilities ? Math.log(Math.max(LEAST, score)) : score);
            }
            outputs[row++] = classes > 2 ? of : new float[] {of[1] - of[0]};
        }
        return outputs;
    }

    @Override public byte[] bytes() {
        byte[] model = TribuoRows.bytes(this.model), all = Arrays.copyOf(model, model.length + 1);
        all[model.length] = (byte) (probabilities ? 1 : 0);
        return all;
    }

    static TribuoClassifier load(byte[] bytes, Target target) {
        var model = TribuoRows.load(Arrays.copyOf(bytes, bytes.length - 1), Label.class);
        return new TribuoClassifier(model, ((Target.Classes) target).labels().size(), bytes[bytes.length - 1] == 1);
    }
}
