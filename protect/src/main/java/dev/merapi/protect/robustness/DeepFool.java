package dev.merapi.protect.robustness;

import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;

/**
 * The smallest change in L2 that it finds by taking the model for linear: a step across the nearest border between
 * classes, until the class is another (Moosavi-Dezfooli et al. 2016, arXiv:1511.04599).
 *
 * @param iterations steps of an input, at most
 * @param overshoot by which share the change goes past the border
 */
public record DeepFool(int iterations, double overshoot) implements Attack {
    public DeepFool {
        Expect.atLeast("DeepFool.iterations", 1, iterations);
        Expect.atLeast("DeepFool.overshoot", 0, overshoot);
    }

    /** As the paper: 50 steps, and 2 % past the border. */
    public DeepFool() { this(50, 0.02); }

    @Override public Tensor perturb(Unary scores, Tensor x, Tensor y) {
        Ascent.check(x, y);
        try (var scope = Scope.open()) {
            var clean = x.detach();
            var change = clean.zerosLike();
            for (int i = 0; i < iterations; i++) {
                try (var inner = Scope.open()) {
                    var at = clean.add(change.mul(1 + overshoot)).clamp(0, 1);
                    var right = scores.forward(at).argmax(1).eq(y);
                    if (!right.any().itemBoolean()) break;
                    var step = step(scores, at, y);
                    change = inner.keep(change.add(step.mul(Norm.each(right.to(DType.FLOAT32), step))));
                }
            }
            return scope.keep(clean.add(change.mul(1 + overshoot)).clamp(0, 1));
        }
    }

    /** The way across the nearest border of each input. */
    private static Tensor step(Unary scores, Tensor x, Tensor y) {
        long rows = x.size(0);
        try (var scope = Scope.open(); var _ = Torch.enableGrad()) {
            long classes;
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                classes = scores.forward(x.narrow(0, 0, 1)).size(1);
            }
            // all gradients at once: the inputs once for each class
            var times = new long[x.rank()];
            Arrays.fill(times, 1);
            times[0] = classes;
            var leaf = x.detach().repeat(times).requiresGrad_(true);                 // (classes B, …)
            var all = scores.forward(leaf);                                          // (classes B, classes)
            var ids = Tensor.arange(classes).to(x.device()).repeatInterleave(rows, 0);
            var logits = all.gather(1, ids.unsqueeze(1)).squeeze(1);                 // (classes B)
            var gradients = logits.sum().gradOf(leaf, false).reshape(classes, rows, -1).transpose(0, 1); // (B, C, D)
            var values = logits.detach().reshape(classes, rows).transpose(0, 1);     // (B, C)
            var truth = y.unsqueeze(1);
            var slopes = gradients.sub(pick(gradients, y));
            var gaps = values.sub(values.gather(1, truth)).abs();
            var lengths = slopes.norm(2, new long[] {2}, false).add(1e-12);
            var distances = gaps.div(lengths).maskedFill(y.oneHot(classes).ne(0), Double.POSITIVE_INFINITY);
            var nearest = distances.argmin(1);                                       // (B)
            var slope = pick(slopes, nearest).squeeze(1);                            // (B, D)
            var gap = gaps.gather(1, nearest.unsqueeze(1)).add(1e-4);
            var length = lengths.gather(1, nearest.unsqueeze(1));
            return scope.keep(slope.mul(gap).div(length.square()).reshape(x.shape()));
        }
    }

    /** Of (B, C, D) one row for each B: (B, 1, D). */
    private static Tensor pick(Tensor all, Tensor which) {
        return all.gather(1, which.reshape(-1, 1, 1).expand(all.size(0), 1, all.size(2)));
    }
}
