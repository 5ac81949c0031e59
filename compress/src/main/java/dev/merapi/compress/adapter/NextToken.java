package dev.merapi.compress.adapter;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.loss.Loss;
import dev.merapi.tensor.Tensor;

/** The cross-entropy of logits (B, T, V) with the tokens that come next (B, T). */
final class NextToken implements Loss {
    private final CrossEntropy loss = new CrossEntropy();

    @Override public Tensor forward(Tensor logits, Tensor next) {
        return loss.forward(logits.flatten(0, 1), next.flatten());
    }

    @Override public double weight(Tensor logits, Tensor next) {
        return loss.weight(logits.flatten(0, 1), next.flatten());
    }
}
