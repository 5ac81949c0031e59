package dev.merapi.tensor;

import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.merapi.tensor.Index.all;
import static dev.merapi.tensor.Index.at;
import static dev.merapi.tensor.Index.by;
import static dev.merapi.tensor.Index.ellipsis;
import static dev.merapi.tensor.Index.from;
import static dev.merapi.tensor.Index.newAxis;
import static dev.merapi.tensor.Index.slice;
import static dev.merapi.tensor.Index.to;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** The expected values follow from {@code x = torch.arange(24).view(2, 3, 4)}: x[i, j, k] is 12 i + 4 j + k. */
class IndexTest {
    private Scope scope;
    private Tensor x;

    @BeforeEach void open() {
        scope = Scope.open();
        x = Tensor.arange(24).view(2, 3, 4);
    }

    @AfterEach void close() { scope.close(); }

    @Test void positionsCountFromEitherEnd() {
        check(x.get(at(1), at(-1), at(-4)), new long[0], 20);
        check(x.get(at(-1), at(0)), new long[] {4}, 12, 13, 14, 15);
    }

    @Test void slicesClampTheirBounds() {
        check(x.get(at(0), slice(1, 99), slice(-1, 4)), new long[] {2, 1}, 7, 11);
        check(x.get(at(0), at(0), slice(0, 4, 3)), new long[] {2}, 0, 3);
        check(x.get(at(0), at(0), from(2)), new long[] {2}, 2, 3);
        check(x.get(at(0), at(0), to(-2)), new long[] {2}, 0, 1);
        check(x.get(at(0), slice(2, 1)), new long[] {0, 4});
    }

    @Test void ellipsisAndNewAxes() {
        check(x.get(ellipsis(), at(0)), new long[] {2, 3}, 0, 4, 8, 12, 16, 20);
        check(x.get(at(1), ellipsis(), newAxis(), at(3)), new long[] {3, 1}, 15, 19, 23);
        check(x.get(at(1), at(1), at(1), ellipsis()), new long[0], 17);
        check(x.get(newAxis(), at(0), at(0), to(2)), new long[] {1, 2}, 0, 1);
    }

    @Test void basicIndicesAreViews() {
        x.get(at(0), all(), at(0)).fill_(-1);
        assertArrayEquals(new long[] {-1, 1, 2, 3, -1, 5, 6, 7, -1, 9, 10, 11}, x.get(at(0)).toLongs());
    }

    @Test void noIndexIsTheWhole() { check(x.get().get(at(0), at(0)), new long[] {4}, 0, 1, 2, 3); }

    @Test void tensorsOfPositions() {
        var rows = Tensor.of(new long[] {2, 0, -1});
        check(x.get(at(0), by(rows), at(1)), new long[] {3}, 9, 1, 9);
        check(x.get(all(), by(Tensor.of(new long[] {0, 2}, 2, 1)), to(1)), new long[] {2, 2, 1, 1}, 0, 8, 12, 20);
        check(x.get(at(0), by(rows), by(Tensor.of(new long[] {0, 1, 2}))), new long[] {3}, 8, 1, 10);
        // Apart from each other, their dimension comes first: x[[0, 1], :, [2, 3]]
        check(x.get(by(Tensor.of(new long[] {0, 1})), all(), by(Tensor.of(new long[] {2, 3}))),
                new long[] {2, 3}, 2, 6, 10, 15, 19, 23);
    }

    @Test void masks() {
        check(x.get(by(x.gt(20))), new long[] {3}, 21, 22, 23);
        check(x.get(at(0), by(Tensor.of(new boolean[] {true, false, true})), from(3)), new long[] {2, 1}, 3, 11);
        check(x.get(ellipsis(), by(Tensor.of(new boolean[] {false, true, true, false}))).get(at(1), at(2)),
                new long[] {2}, 21, 22);
        check(x.get(by(x.gt(99))), new long[] {0});
    }

    @Test void writes() {
        x.set_(-1, at(0), all(), at(0));
        x.set_(Tensor.of(new float[] {7, 8, 9}), at(1), all(), at(1)); // converted to int64
        x.set_(-2, by(x.ge(22)));
        x.set_(Tensor.of(new long[] {100, 200}), at(0), at(1), by(Tensor.of(new long[] {3, 2})));
        check(x, new long[] {2, 3, 4}, -1, 1, 2, 3, -1, 5, 200, 100, -1, 9, 10, 11,
                12, 7, 14, 15, 16, 8, 18, 19, 20, 9, -2, -2);
    }

    @Test void gradientsFlowThroughIndices() {
        var w = Tensor.ones(3).requiresGrad_(true);
        w.get(by(Tensor.of(new long[] {0, 2, 2}))).add(w.get(at(1))).sum().backward();
        assertArrayEquals(new float[] {1, 3, 2}, w.grad().toFloats());
    }

    @Test void intermediateViewsAreClosed() {
        int before = scope.size();
        x.get(at(0), slice(0, 2), newAxis(), by(Tensor.of(new long[] {1, 2}))).close();
        assertEquals(before + 1, scope.size()); // the tensor of positions
    }

    @Test void mistakesNameTheirEntry() {
        fails("Index [0, 3], entry 1 on shape (2, 3, 4): expected a position from -3 to 2. Received 3",
                () -> x.get(at(0), at(3)));
        fails("Index [0, 1, 2, :]: expected entries for at most 3 dimensions. Received entries for 4 on shape"
                + " (2, 3, 4)", () -> x.get(at(0), at(1), at(2), all()));
        fails("Index [..., ...]: expected at most one ellipsis.", () -> x.get(ellipsis(), ellipsis()));
        fails("Index [1:, bool (2) cpu], entry 1 on shape (2, 3, 4): expected a mask of shape (3). Received (2)",
                () -> x.get(from(1), by(Tensor.of(new boolean[] {true, false}))));
        fails("Index.slice: expected a step of at least 1. Received -1; Tensor.flip reverses a dimension.",
                () -> x.get(slice(0, 2, -1)));
        fails("Index.by: expected an int64 or bool tensor. Received int32; convert it with to(DType.INT64).",
                () -> x.get(by(Tensor.of(new int[] {1}))));
        int before = scope.size();
        assertThrows(IllegalArgumentException.class, () -> x.get(at(0), at(3)));
        assertEquals(before, scope.size());
    }

    private static void fails(String message, Supplier<Tensor> index) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, index::get).getMessage());
    }

    private static void check(Tensor actual, long[] shape, long... values) {
        assertArrayEquals(shape, actual.shape());
        assertArrayEquals(values, actual.toLongs());
    }
}
