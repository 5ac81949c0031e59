package dev.merapi.optim;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;

/** Keeps gradients small, between {@code backward} and {@code step}: of a sparse gradient the rows that it names. */
public final class Clip {
    private Clip() {}

    /** As {@link #norm(Collection, double, double)}, for all gradients of a layer and the 2-norm. */
    public static Tensor norm(Layer layer, double max) { return norm(layer.params().values(), max, 2); }

    /**
     * Scales all gradients by one factor, so that their norm, taken over all of them together, is at most {@code max}.
     * As {@code torch.nn.utils.clip_grad_norm_} (Pascanu et al. 2013).
     *
     * @param order 2, 1 or {@code Double.POSITIVE_INFINITY}
     * @return the norm before, 0-d; an infinite {@code max} only measures it
     */
    public static Tensor norm(Collection<Param> params, double max, double order) {
        Expect.that(max > 0, "Clip.norm", "a norm above 0", max);
        try (var scope = Scope.open(); var _ = Torch.noGrad()) {
            Tensor[] grads = grads(params);
            if (grads.length == 0) {
                var device = params.stream().findFirst().map(Tensor::device).orElse(Device.CPU);
                return scope.keep(Tensor.empty(device, DType.FLOAT32).zero_());
            }
            var all = new Tensors(grads);
            var norm = together(all.norm(order)).norm(order, new long[] {0}, false);
            if (max < Double.POSITIVE_INFINITY) { // no branch on the norm: reading it would make a GPU wait
                all.mul_(norm.add(1e-6).reciprocal().mul_(max).clamp_(null, 1));
            }
            return scope.keep(norm);
        }
    }

    /** As {@link #value(Collection, double)}, for all gradients of a layer. */
    public static void value(Layer layer, double max) { value(layer.params().values(), max); }

    /** Moves each element of the gradients into [−max, max]. As {@code torch.nn.utils.clip_grad_value_}. */
    public static void value(Collection<Param> params, double max) {
        Expect.positive("Clip.value", max);
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            new Tensors(grads(params)).clamp_(-max, max);
        }
    }

    private static Tensor[] grads(Collection<Param> params) {
        return params.stream().map(Gradients::values).filter(Objects::nonNull).toArray(Tensor[]::new);
    }

    private static Tensor together(Tensor[] norms) {
        var device = norms[0].device();
        return Tensor.stack(Arrays.stream(norms).map(n -> n.to(DType.FLOAT32).to(device)).toList(), 0);
    }
}
