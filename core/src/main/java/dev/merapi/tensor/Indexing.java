package dev.merapi.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** Applies index expressions: first the views, entry by entry, then all index tensors at once. */
final class Indexing implements AutoCloseable {
    private final Tensor whole;
    private final Index[] entries;
    private final List<Tensor> positions = new ArrayList<>(); // for the view's dimensions from 0 on; null: all of it
    private Tensor view;
    private int dim; // of the view, where the next entry applies

    private Indexing(Tensor whole, Index[] entries) {
        this.whole = whole;
        this.entries = entries;
        view = whole;
        checkCount();
        for (int i = 0; i < entries.length; i++) apply(i);
    }

    static Tensor get(Tensor t, Index... entries) {
        try (var indexing = new Indexing(t, entries)) {
            return indexing.isView() ? indexing.takeView() : indexing.copy();
        }
    }

    static void set(Tensor t, Tensor value, Index... entries) {
        try (var indexing = new Indexing(t, entries)) {
            if (indexing.isView()) indexing.view.copy_(value);
            else indexing.put(value);
        }
    }

    private void put(Tensor value) {
        try (Tensor converted = value.to(whole.dtype())) {
            view.apply_("index_put_", "", view, positions.toArray(Tensor[]::new), converted, false);
        }
    }

    private Tensor copy() { return Tensor.call("index", "Tensor", view, positions.toArray(Tensor[]::new)); }

    private boolean isView() { return positions.stream().allMatch(t -> t == null); }

    @Override public void close() { if (view != whole) view.close(); }

    private Tensor takeView() {
        Tensor taken = view == whole ? whole.alias() : view;
        view = whole;
        return taken;
    }

    private void apply(int i) {
        switch (entries[i]) {
            case Index.At(long position) -> {
                long n = view.size(dim);
                if (position < -n || position >= n) {
                    throw error(i, "expected a position from " + -n + " to " + (n - 1) + ". Received " + position);
                }
                replaceView(view.select(dim, position));
            }
            case Index.Slice(long from, long to, long step) -> {
                boolean everything = from == 0 && step == 1 && to == Long.MAX_VALUE;
                if (!everything) replaceView(view.slice(dim, from, to, step));
                skip(1);
            }
            case Index.NewAxis _ -> {
                replaceView(view.unsqueeze(dim));
                skip(1);
            }
            case Index.Ellipsis _ -> skip(whole.rank() - taken());
            case Index.By by -> {
                checkMask(i, by);
                positions.add(by.positions());
                dim += by.rank();
            }
        }
    }

    private void skip(int dims) {
        positions.addAll(Collections.nCopies(dims, null));
        dim += dims;
    }

    private void replaceView(Tensor next) {
        close();
        view = next;
    }

    /** Dimensions that the entries name. */
    private int taken() {
        int taken = 0;
        for (Index entry : entries) {
            taken += switch (entry) {
                case Index.At _, Index.Slice _ -> 1;
                case Index.By by -> by.rank();
                case Index.NewAxis _, Index.Ellipsis _ -> 0;
            };
        }
        return taken;
    }

    private void checkCount() {
        if (taken() > whole.rank()) {
            throw new IllegalArgumentException("Index " + this + ": expected entries for at most " + whole.rank()
                    + " dimensions. Received entries for " + taken() + " on shape " + Shapes.toString(whole.shape()));
        }
        if (Arrays.stream(entries).filter(e -> e instanceof Index.Ellipsis).count() > 1) {
            throw new IllegalArgumentException("Index " + this + ": expected at most one ellipsis.");
        }
    }

    private void checkMask(int i, Index.By by) {
        if (by.positions().dtype() != DType.BOOL) return;
        long[] mask = by.positions().shape();
        long[] masked = Arrays.copyOfRange(view.shape(), dim, dim + mask.length);
        if (!Arrays.equals(mask, masked)) {
            throw error(i, "expected a mask of shape " + Shapes.toString(masked) + ". Received "
                    + Shapes.toString(mask));
        }
    }

    private IllegalArgumentException error(int i, String what) {
        close();
        return new IllegalArgumentException("Index " + this + ", entry " + i + " on shape "
                + Shapes.toString(whole.shape()) + ": " + what);
    }

    @Override public String toString() {
        return Arrays.stream(entries).map(Index::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}
