package dev.merapi.protect.privacy;

import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * All uses of one parameter in a forward pass together.
 *
 * @param parts at least one
 */
record Uses(List<Contribution> parts) implements Contribution {
    /** Joins what can be joined. */
    static Contribution of(List<Contribution> parts) {
        var affine = parts.stream().filter(AffineWeight.class::isInstance).map(AffineWeight.class::cast).toList();
        var made = parts.stream().filter(Made.class::isInstance).map(Made.class::cast).toList();
        var all = new ArrayList<>(parts);
        all.removeAll(affine);
        all.removeAll(made);
        if (!affine.isEmpty()) all.add(AffineWeight.join(affine));
        made.stream().map(Made::gradients).reduce(Tensor::add).ifPresent(sum -> all.add(new Made(sum)));
        return all.size() == 1 ? all.getFirst() : new Uses(all);
    }

    @Override public long samples() { return parts.getFirst().samples(); }

    @Override public long elements() { return parts.stream().mapToLong(Contribution::elements).sum(); }

    @Override public Tensor perSample(long from, long to) {
        return parts.stream().map(part -> part.perSample(from, to)).reduce(Tensor::add).orElseThrow();
    }

    @Override public Tensor weighted(Tensor coefficients) {
        return parts.stream().map(part -> part.weighted(coefficients)).reduce(Tensor::add).orElseThrow();
    }
}
