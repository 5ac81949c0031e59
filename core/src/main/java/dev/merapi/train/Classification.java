package dev.merapi.train;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.loss.Loss;
import dev.merapi.metric.Accuracy;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;

/**
 * One class for each input. The model gives logits (N, classes), targets are class indices (N), int64; predictions are
 * probabilities (N, classes).
 */
public final class Classification {
    private Classification() {}

    /** Cross-entropy and accuracy. */
    public static <M extends Layer & Unary> Supervised of(M model, int classes) {
        return of(model, classes, new CrossEntropy());
    }

    /** Another loss on logits, such as a cross-entropy with class weights; and accuracy. */
    public static <M extends Layer & Unary> Supervised of(M model, int classes, Loss loss) {
        Expect.atLeast("Classification.classes", 2, classes);
        return Supervised.of(model, loss, new Accuracy())
                .postprocess(logits -> logits.softmax(-1))
                .checking((logits, _) -> check(logits, classes));
    }

    private static void check(Tensor logits, int classes) {
        if (logits.rank() >= 2 && logits.size(1) == classes) return;
        throw new IllegalArgumentException("Classification: expected the model to give logits (N, " + classes
                + "). Received " + Shapes.toString(logits.shape()) + "; its last layer should have " + classes
                + " outputs.");
    }
}
