package dev.merapi.loss;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/** Counts of class ids and classes. */
final class ClassIds {
    private ClassIds() {}

    /** The C of scores (B, C, …) or (C). */
    static long classes(Tensor scores) { return scores.rank() == 0 ? 0 : scores.size(scores.rank() == 1 ? 0 : 1); }

    /**
     * The number of ids that are not {@code ignored}, or the sum of their class weights if there are any. Counted where
     * the ids came from: a step on a GPU need not be waited for.
     */
    static double weight(Tensor ids, long ignored, Weights classWeights) {
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            var near = ids.near();
            var used = near.ne(ignored);
            if (classWeights.count() == 0) return used.sum().item();
            return classWeights.on(near.device()).indexSelect(0, near.maskedSelect(used).to(DType.INT64)).sum().item();
        }
    }
}
