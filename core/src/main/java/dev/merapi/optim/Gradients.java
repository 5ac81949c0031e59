package dev.merapi.optim;

import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/** What parameters' gradients hold. */
final class Gradients {
    private Gradients() {}

    /**
     * The gradient, or null; of a sparse one its values (n, …), each row once. They are the gradient's own memory: a
     * gradient that names a row twice is first replaced by one that does not.
     */
    static Tensor values(Param param) {
        Tensor grad = param.grad();
        if (grad == null || !grad.isSparse()) return grad;
        if (!grad.isCoalesced()) {
            grad = grad.coalesce();
            param.grad(grad);
        }
        return grad.values();
    }
}
