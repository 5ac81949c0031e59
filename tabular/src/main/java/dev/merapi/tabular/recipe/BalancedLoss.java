package dev.merapi.tabular.recipe;

import dev.merapi.loss.BceWithLogits;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.loss.Focal;
import dev.merapi.loss.Loss;
import dev.merapi.loss.SoftmaxFocal;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tabular.data.Target;
import dev.merapi.tabular.recipe.TableConfig.Balance;
import dev.merapi.tensor.Tensor;
import java.util.function.Supplier;

/** A loss in which rare classes count more. Rows are counted when it is first asked: a trained model needs no data. */
final class BalancedLoss implements Loss {
    private static final double GAMMA = 2;

    private final Target.Classes target;
    private final Supplier<Frame> train;
    private volatile Loss loss; // null before the first question

    private BalancedLoss(Target.Classes target, Supplier<Frame> train) {
        this.target = target;
        this.train = train;
    }

    /** Null if the target's own loss is meant. */
    static Loss of(Balance balance, Target target, Supplier<Frame> train) {
        if (balance == Balance.NONE) return null;
        if (!(target instanceof Target.Classes classes)) {
            throw new IllegalArgumentException("balance: expected none for a target of numbers. Received " + balance);
        }
        return switch (balance) {
            case NONE, OVER, UNDER, SMOTE -> null;
            case FOCAL -> classes.labels().size() == 2 ? new Focal(-1, GAMMA) : new SoftmaxFocal(GAMMA);
            case WEIGHTS -> new BalancedLoss(classes, train);
        };
    }

    /** rows / (classes · rows of the class), for each. */
    static double[] weights(Target.Classes target, Frame rows) {
        var weights = new double[target.labels().size()];
        for (String label : rows.column(target.column()).texts()) weights[target.labels().indexOf(label)]++;
        for (int c = 0; c < weights.length; c++) weights[c] = rows.size() / (weights.length * Math.max(1, weights[c]));
        return weights;
    }

    private Loss loss() {
        if (loss == null) {
            double[] weights = weights(target, train.get());
            loss = weights.length == 2 ? new BceWithLogits().positiveWeights(weights[1] / weights[0])
                    : new CrossEntropy().classWeights(weights);
        }
        return loss;
    }

    @Override public Tensor forward(Tensor prediction, Tensor target) { return loss().forward(prediction, target); }

    @Override public double weight(Tensor prediction, Tensor target) { return loss().weight(prediction, target); }
}
