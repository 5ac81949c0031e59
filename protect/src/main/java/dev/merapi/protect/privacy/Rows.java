package dev.merapi.protect.privacy;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;

/**
 * Of a table the rows that were looked up. The norm of a sample's gradient counts two places of one id together, and so
 * needs no gradient of the whole table.
 *
 * @param ids (B, T)
 * @param g the gradient of what was found, (B, T, dim); 0 where the id is padding
 * @param count rows of the table
 */
record Rows(Tensor ids, Tensor g, long count) implements Contribution {
    static Rows of(Tensor ids, Tensor g, long count, long padding) {
        Tensor flat = ids.reshape(ids.size(0), -1).to(DType.INT64);
        Tensor gradient = AffineWeight.steps(g);
        Tensor real = padding < 0 ? gradient : gradient.mul(flat.ne(padding).unsqueeze(-1).to(g.dtype()));
        return new Rows(flat, real, count);
    }

    @Override public long samples() { return g.size(0); }

    @Override public long elements() { return count * g.size(2); }

    @Override public Tensor perSample(long from, long to) {
        long n = to - from, dim = g.size(2);
        Tensor place = ids.narrow(0, from, n).add(Tensor.arange(n).to(ids.device()).mul(count).unsqueeze(1));
        return g.newZeros(n * count, dim)
                .indexAdd(0, place.flatten(), g.narrow(0, from, n).reshape(-1, dim))
                .view(n, count, dim);
    }

    @Override public Tensor squaredNorms() {
        Tensor same = ids.unsqueeze(2).eq(ids.unsqueeze(1)).to(g.dtype()); // (B, T, T)
        return same.mul(g.matmul(g.mT())).sum(1, 2);
    }

    @Override public Tensor weighted(Tensor coefficients) {
        return g.newZeros(count, g.size(2))
                .indexAdd(0, ids.flatten(), Contribution.scaled(g, coefficients).reshape(-1, g.size(2)));
    }
}
