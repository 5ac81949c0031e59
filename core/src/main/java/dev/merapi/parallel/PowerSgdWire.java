package dev.merapi.parallel;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bytedeco.pytorch.Work;

/**
 * A bucket's sum from matrices of low rank (Vogels et al. 2019, "PowerSGD", algorithm 1 with the sum for the mean): of
 * the ranks' matrices M the columns P = Σ M Q, made orthonormal, and the rows Q = Σ Mᵀ P give P Qᵀ, which is Σ M for a
 * sum of rank r. What it lacks of a rank's M that rank adds to its next.
 */
final class PowerSgdWire implements Compression.Wire {
    /** A gradient that travels as two thin matrices. */
    private static final class Thin {
        final Tensor view; // of the bucket
        final Tensor left; // (n, m), what was not sent so far
        final Tensor p; // (n, r), a part of what is sent
        final Tensor q; // (m, r), likewise

        Thin(Tensor view, Tensor p, Tensor q) {
            this.view = view;
            this.left = Tensor.empty(Device.CPU, DType.FLOAT32, p.size(0), q.size(0)).zero_().owned();
            this.p = p.owned();
            this.q = q.owned();
        }
    }

    private final ProcessGroup group;
    private final Tensor flat;
    private final List<Tensor> plain = new ArrayList<>(); // what travels as it is, flat parts of the bucket
    private final List<Thin> thin = new ArrayList<>();
    private final Tensor first; // sent: all P, then what is plain
    private final Tensor second; // sent: all Q
    private Work work;

    PowerSgdWire(ProcessGroup group, Tensor flat, List<Tensor> gradients, int rank) {
        this.group = group;
        this.flat = flat;
        var matrices = new ArrayList<Tensor>();
        long at = 0;
        long plainElements = gradients.size(); // the marks
        for (Tensor view : gradients) {
            if (pays(view, rank)) {
                matrices.add(view);
            } else {
                plain.add(flat.narrow(0, at, view.numel()).owned());
                plainElements += view.numel();
            }
            at += view.numel();
        }
        plain.add(flat.narrow(0, at, gradients.size()).owned());
        long rows = matrices.stream().mapToLong(m -> m.size(0)).sum();
        long columns = matrices.stream().mapToLong(m -> m.numel() / m.size(0)).sum();
        first = Tensor.empty(Device.CPU, DType.FLOAT32, rows * rank + plainElements).zero_().owned();
        second = Tensor.empty(Device.CPU, DType.FLOAT32, columns * rank).owned();
        second.copy_(start(columns * rank));
        long p = 0;
        long q = 0;
        for (Tensor m : matrices) {
            long n = m.size(0);
            long width = m.numel() / n;
            thin.add(new Thin(m, first.narrow(0, p, n * rank).view(n, rank), second.narrow(0, q, width * rank)
                    .view(width, rank)));
            p += n * rank;
            q += width * rank;
        }
    }

    /** Whether two thin matrices are smaller. */
    private static boolean pays(Tensor t, int rank) {
        if (t.rank() < 2) return false;
        long n = t.size(0);
        long m = t.numel() / n;
        return rank * (n + m) < n * m;
    }

    /** The first Q: the same on all ranks, whatever their generators. */
    private static Tensor start(long n) {
        var random = new Random(1);
        var values = new float[(int) n];
        for (int i = 0; i < n; i++) values[i] = (float) random.nextGaussian();
        return Tensor.of(values, n);
    }

    @Override public void begin() {
        try (var _ = Scope.open()) {
            for (Thin t : thin) {
                t.left.add_(t.view.to(Device.CPU).to(DType.FLOAT32).reshape(t.left.shape()));
                t.p.copy_(t.left.matmul(t.q));
            }
            if (plainElements() > 0) plainPart().copy_(Tensor.cat(plain, 0));
        }
        work = group.start(first, Reduction.SUM);
    }

    private long plainElements() { return plain.stream().mapToLong(Tensor::numel).sum(); }

    private Tensor plainPart() { return first.narrow(0, first.numel() - plainElements(), plainElements()); }

    @Override public void finish() {
        var begun = work;
        work = null;
        group.finish(begun);
        try (var _ = Scope.open()) {
            long at = 0;
            for (Tensor part : plain) {
                part.copy_(plainPart().narrow(0, at, part.numel()));
                at += part.numel();
            }
            if (thin.isEmpty()) return;
            for (Thin t : thin) {
                orthonormalize(t.p);
                t.q.copy_(t.left.transpose(0, 1).matmul(t.p));
            }
            group.finish(group.start(second, Reduction.SUM));
            for (Thin t : thin) {
                Tensor sum = t.p.matmul(t.q.transpose(0, 1)); // (n, m)
                t.left.sub_(sum.div(group.world()));
                t.view.copy_(sum.view(t.view.shape()));
            }
        }
    }

    /** Columns of length 1 at right angles, by Gram and Schmidt; one that the others span becomes 0. */
    private static void orthonormalize(Tensor p) {
        for (long i = 0; i < p.size(1); i++) {
            Tensor column = p.narrow(1, i, 1); // (n, 1)
            double length = column.norm().item();
            Tensor before = p.narrow(1, 0, i); // (n, i)
            for (int pass = 0; pass < 2 && i > 0; pass++) { // the second takes what rounding left
                column.sub_(before.matmul(before.transpose(0, 1).matmul(column)));
            }
            double rest = column.norm().item();
            column.mul_(rest > 1e-5 * length ? 1 / rest : 0);
        }
    }

    @Override public void close() {
        plain.forEach(Tensor::close);
        for (Thin t : thin) {
            t.left.close();
            t.p.close();
            t.q.close();
        }
        first.close();
        second.close();
    }
}
