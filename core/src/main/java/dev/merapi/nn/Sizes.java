package dev.merapi.nn;

import dev.merapi.tensor.Expect;
import java.util.Arrays;
import java.util.List;

/** Sizes for each spatial axis, of which one stands for all. */
final class Sizes {
    private Sizes() {}

    static List<Integer> list(int... sizes) { return Arrays.stream(sizes).boxed().toList(); }

    /** One size for each of {@code dims} axes. */
    static long[] of(List<Integer> sizes, int dims) {
        if (sizes.size() != 1 && sizes.size() != dims) {
            throw Expect.error("sizes", "one for all axes, or " + dims, sizes);
        }
        var all = new long[dims];
        for (int i = 0; i < dims; i++) all[i] = sizes.get(sizes.size() == 1 ? 0 : i);
        return all;
    }

    static void check(String where, List<Integer> sizes, int min) {
        boolean ok = !sizes.isEmpty() && sizes.size() <= 3 && sizes.stream().allMatch(s -> s >= min);
        Expect.that(ok, where, "one size of at least " + min + " for all axes, or one for each", sizes);
    }
}
