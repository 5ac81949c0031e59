package dev.merapi.vision.model;

import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * A network with more classifiers further in front, which bring gradients to the first layers in training and are not
 * asked afterwards: {@link AuxiliaryClassification} trains with them.
 */
public interface Auxiliary {
    /** Logits (N, classes) of the classifier and, in training mode, of each of the others. */
    List<Tensor> logits(Tensor x);

    /** How much the losses of the others count, beside 1 for the classifier's. */
    double auxiliaryWeight();
}
