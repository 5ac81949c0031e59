package dev.merapi.optim;

import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A parameter, and what an optimizer remembers of it: how many steps it took, and tensors of its shape. */
final class ParamState implements Bucket.Member {
    final String name;
    final Param param;
    final Map<String, Tensor> slots = new LinkedHashMap<>();
    long steps;

    ParamState(String name, Param param) {
        this.name = name;
        this.param = param;
    }

    @Override public ParamState state() { return this; }

    @Override public Tensor param() { return param; }

    boolean isActive() { return param.requiresGrad() && param.unwrap().grad().defined(); }

    boolean isSparse() { return param.unwrap().grad().is_sparse(); }

    /** The gradient, laid out as the parameter is. */
    @Override public Tensor grad() {
        Tensor grad = param.grad();
        return alike(grad, param) ? grad : param.emptyLike().copy_(grad);
    }

    /** A tensor that is kept from step to step; it follows the parameter to another device, type or layout. */
    @Override public Tensor slot(String slot, long[] shape, double initial) {
        Tensor kept = slots.get(slot);
        if (kept != null && fits(kept)) return kept;
        Tensor made = empty(shape);
        put(slot, kept == null ? made.fill_(initial) : made.copy_(kept));
        return made;
    }

    /** Memory for a slot, laid out as the parameter where it has its shape. */
    Tensor empty(long[] shape) {
        if (!Arrays.equals(shape, param.shape())) return param.newEmpty(shape);
        Tensor made = param.emptyLike();
        if (alike(made, param)) return made;
        throw new IllegalArgumentException(name + ": expected a parameter whose memory has no gaps. Received a view"
                + " of a larger tensor; call param.set(param.contiguous()) before the first step.");
    }

    private boolean fits(Tensor kept) {
        return Arrays.equals(kept.shape(), param.shape()) ? alike(kept, param)
                : kept.dtype() == param.dtype() && kept.device().equals(param.device());
    }

    void put(String slot, Tensor value) {
        Tensor old = slots.put(slot, value.owned());
        if (old != null) old.close();
    }

    /** Counts a change of the parameter, which the fused kernels leave out; who keeps a copy looks at the count. */
    @Override public void finish() { param.unwrap().unsafeGetTensorImpl().bump_version(); }

    void clear() {
        slots.values().forEach(Tensor::close);
        slots.clear();
        steps = 0;
    }

    /**
     * Whether two tensors of one shape lie in memory alike. The fused kernels run over both in the order of memory and
     * do not check: with one of them channels_last, say, they would silently mix up the elements.
     */
    private static boolean alike(Tensor a, Tensor b) {
        if (a.dtype() != b.dtype() || !a.device().equals(b.device())) return false;
        var p = a.unwrap();
        var q = b.unwrap();
        for (int i = 0, rank = (int) p.dim(); i < rank; i++) {
            if (p.stride(i) != q.stride(i) && p.size(i) != 1) return false;
        }
        return true;
    }
}
