package dev.merapi.tensor;

/** One entry of an index expression. */
public sealed interface Index {
    record At(long position) implements Index {}

    static Index at(long position) { return new At(position); }

    static Tensor get(Tensor t, Index... indices) {
        Tensor r = t;
        for (Index i : indices) if (i instanceof At(long k)) r = r.select(0, k);
        return r;
    }

    static Tensor set(Tensor t, Tensor value, Index... indices) {
        get(t, indices).copy_(value);
        return t;
    }
}
