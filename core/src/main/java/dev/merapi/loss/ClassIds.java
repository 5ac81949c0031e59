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

    /** The number of ids that are not {@code ignored}, or the sum of their class weights unless those are null. */
    static double weight(Tensor ids, long ignored, Tensor classWeights) {
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            var used = ids.ne(ignored);
            if (classWeights == null) return used.sum().item();
            return classWeights.indexSelect(0, ids.maskedSelect(used).to(DType.INT64)).sum().item();
        }
    }
}
